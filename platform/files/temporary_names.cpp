// SPDX-License-Identifier: Apache-2.0
#include "platform/files/temporary_names.hpp"

#include "base/error.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <random>
#include <utility>

namespace flexv::platform {

namespace {

constexpr std::size_t kMaxNames = 16;  // more than a run has outputs
std::array<std::atomic<const char*>, kMaxNames> names{};
static_assert(std::atomic<const char*>::is_always_lock_free, "the handler of a signal reads it");

}  // namespace

TemporaryName::TemporaryName(std::string path) : path_(std::move(path)) {
    for (std::size_t slot = 0; slot < kMaxNames && slot_ < 0; ++slot) {
        const char* free = nullptr;
        if (names[slot].compare_exchange_strong(free, path_.c_str()))
            slot_ = int(slot);
    }
    FLEXV_ASSERT(slot_ >= 0, "there are few temporary files at a time");
}

TemporaryName::~TemporaryName() {
    if (slot_ < 0)
        return;
    ::unlink(path_.c_str());
    forget();
}

void TemporaryName::forget() noexcept {
    if (slot_ >= 0)
        names[std::size_t(slot_)] = nullptr;
    slot_ = -1;
}

std::string temporary_path(const std::string& folder) {
    std::random_device random;  // a process id is not unique where containers share a folder
    return fmt::format("{}/.flexv-{:08x}{:08x}.tmp", folder, random(), random());
}

void remove_temporary_names() noexcept {
    for (const auto& name : names)
        if (const char* const path = name)
            ::unlink(path);
}

}  // namespace flexv::platform
