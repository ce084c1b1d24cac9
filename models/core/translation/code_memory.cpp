// SPDX-License-Identifier: Apache-2.0
#include "core/translation/code_memory.hpp"

#include "base/error.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace flexv::core::translation {

namespace {

constexpr std::size_t kChunkBytes = 64_KiB;
constexpr std::size_t kAlignment = 16;

[[noreturn]] void fail() {
    throw InternalError(
        fmt::format("translation: the host gives no memory for code ({}); what does: "
                    "--set simulation.translate=off",
                    std::strerror(errno)));
}

}  // namespace

struct CodeMemory::Chunk {
    const std::size_t size;
    std::byte* const first;
    std::size_t used = 0;

    explicit Chunk(std::size_t bytes)
        : size(bytes),
          first(static_cast<std::byte*>(
              mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
        if (static_cast<void*>(first) == MAP_FAILED)
            fail();
    }
    ~Chunk() { munmap(first, size); }
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;

    void protect(int protection) const {
        if (mprotect(first, size, protection) != 0)
            fail();
    }
};

CodeMemory::Code CodeMemory::keep(std::span<const u8> bytes) {
    if (!chunk_ || chunk_->size - chunk_->used < bytes.size())
        chunk_ = std::make_shared<Chunk>(std::max(kChunkBytes, bytes.size()));
    std::byte* const at = chunk_->first + chunk_->used;
    chunk_->protect(PROT_READ | PROT_WRITE);
    std::memcpy(at, bytes.data(), bytes.size());
    chunk_->protect(PROT_READ | PROT_EXEC);
    chunk_->used += std::min(chunk_->size - chunk_->used,
                             (bytes.size() + kAlignment - 1) / kAlignment * kAlignment);
    return {chunk_, at};
}

}  // namespace flexv::core::translation
