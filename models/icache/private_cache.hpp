// SPDX-License-Identifier: Apache-2.0
// Tags of the private first level of one core. Bytes are not kept: the core decodes from memory.
#pragma once

#include "base/units.hpp"
#include "icache/lfsr.hpp"

#include <algorithm>
#include <vector>

namespace flexv::icache {

inline constexpr Address kNoLine = 1;  ///< no line begins at an odd address

class PrivateCache {
public:
    PrivateCache(u32 size_bytes, unsigned ways, u32 line_bytes)
        : ways_(ways),
          line_bytes_(line_bytes),
          set_mask_(size_bytes / line_bytes / ways - 1),
          tags_(size_bytes / line_bytes, kNoLine) {}

    [[nodiscard]] bool contains(Address line) const {
        const Address* tag = &tags_[set_of(line)];
        for (unsigned way = 0; way < ways_; ++way)
            if (tag[way] == line)
                return true;
        return false;
    }
    /// The highest free way first; a full set gives up its pseudo-random way.
    void fill(Address line) {
        Address* set = &tags_[set_of(line)];
        for (unsigned way = ways_; way-- > 0;) {
            if (set[way] == kNoLine) {
                set[way] = line;
                return;
            }
        }
        set[lfsr_.take(ways_)] = line;
    }
    [[nodiscard]] bool has_room_for(Address line) const {
        const Address* set = &tags_[set_of(line)];
        return std::find(set, set + ways_, kNoLine) != set + ways_;
    }
    void flush() { std::ranges::fill(tags_, kNoLine); }
    void flush(Address line) { std::ranges::replace(tags_, line, kNoLine); }

private:
    /// Index of way 0 of the line's set.
    [[nodiscard]] std::size_t set_of(Address line) const {
        return std::size_t(line / line_bytes_ & set_mask_) * ways_;
    }

    unsigned ways_;
    u32 line_bytes_;
    u32 set_mask_;
    std::vector<Address> tags_;  // [set][way]
    Lfsr lfsr_;
};

}  // namespace flexv::icache
