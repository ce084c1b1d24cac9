// SPDX-License-Identifier: Apache-2.0
// Which bits of memory nobody has given a value: a mask per byte, 1 for an undefined bit. Plain
// logic.
#pragma once

#include "base/units.hpp"

#include <array>
#include <memory>
#include <unordered_map>

namespace flexv::platform {

class ShadowMemory {
public:
    /// Undefined bits of up to four bytes, the one at `address` lowest.
    [[nodiscard]] u32 load(Address address, unsigned bytes) const {
        u32 mask = 0;
        for (unsigned i = 0; i < bytes; ++i)
            mask |= u32{byte(address + i)} << (8 * i);
        return mask;
    }
    void store(Address address, unsigned bytes, u32 mask) {
        for (unsigned i = 0; i < bytes; ++i)
            set(address + i, u8(mask >> (8 * i)));
    }
    void define(Address address, u64 bytes) {
        for (u64 i = 0; i < bytes; ++i)
            set(address + Address(i), 0);
    }
    /// As a transfer does it.
    void copy(Address to, Address from, u32 bytes) {
        for (u32 i = 0; i < bytes; ++i)
            set(to + i, byte(from + i));
    }
    /// Nobody has written there, not even a value that is undefined itself.
    [[nodiscard]] bool is_untouched(Address address) const {
        const auto page = pages_.find(address / kPageBytes);
        return page == pages_.end() || !page->second->is_touched[address % kPageBytes];
    }

private:
    static constexpr unsigned kPageBytes = 4096;
    struct Page {
        Page() { undefined.fill(0xFF); }
        std::array<u8, kPageBytes> undefined{};
        std::array<bool, kPageBytes> is_touched{};
    };

    [[nodiscard]] u8 byte(Address address) const {
        const auto page = pages_.find(address / kPageBytes);
        return page == pages_.end() ? u8{0xFF} : page->second->undefined[address % kPageBytes];
    }
    void set(Address address, u8 mask) {
        std::unique_ptr<Page>& page = pages_[address / kPageBytes];
        if (!page)
            page = std::make_unique<Page>();
        page->undefined[address % kPageBytes] = mask;
        page->is_touched[address % kPageBytes] = true;
    }

    std::unordered_map<Address, std::unique_ptr<Page>> pages_;
};

}  // namespace flexv::platform
