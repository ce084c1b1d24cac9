// SPDX-License-Identifier: Apache-2.0
// Memory for host code: writable or executable, never both. Private to the process, so that copies
// of it (fork) translate on their own.
#pragma once

#include "base/units.hpp"

#include <memory>
#include <span>

namespace flexv::core::translation {

class CodeMemory {
    struct Chunk;

public:
    /// Code that can be called. It goes with the last copy of this.
    class Code {
    public:
        Code() = default;
        [[nodiscard]] const std::byte* at(std::size_t offset) const { return first_ + offset; }

    private:
        friend class CodeMemory;
        Code(std::shared_ptr<Chunk> chunk, const std::byte* first)
            : chunk_(std::move(chunk)), first_(first) {}

        std::shared_ptr<Chunk> chunk_;
        const std::byte* first_ = nullptr;
    };

    /// A copy of `bytes`, which work wherever they lie.
    /// \throws InternalError when the host gives no memory for code
    [[nodiscard]] Code keep(std::span<const u8> bytes);

private:
    std::shared_ptr<Chunk> chunk_;  // that is being filled
};

}  // namespace flexv::core::translation
