// SPDX-License-Identifier: Apache-2.0
// Contents of a large memory of which a program uses little.
#pragma once

#include "base/units.hpp"

#include <cstdlib>
#include <memory>
#include <new>

namespace flexv {

/// Bytes that are 0 until somebody writes them. The system hands out their pages when they are
/// touched, so the others take neither memory nor the time to clear it.
class ZeroedBytes {
public:
    /// Throws std::bad_alloc.
    explicit ZeroedBytes(u64 size_bytes)
        : bytes_(static_cast<unsigned char*>(std::calloc(size_bytes, 1))), size_(size_bytes) {
        if (bytes_ == nullptr && size_bytes != 0)
            throw std::bad_alloc();
    }

    [[nodiscard]] u64 size() const { return size_; }
    [[nodiscard]] unsigned char* data() { return bytes_.get(); }
    [[nodiscard]] const unsigned char* data() const { return bytes_.get(); }

private:
    struct Free {
        void operator()(unsigned char* bytes) const { std::free(bytes); }
    };

    std::unique_ptr<unsigned char[], Free> bytes_;
    u64 size_;
};

}  // namespace flexv
