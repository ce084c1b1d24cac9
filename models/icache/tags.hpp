// SPDX-License-Identifier: Apache-2.0
// Which lines a set-associative cache holds. Bytes are not kept: the core decodes from memory.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>
#include <vector>

namespace flexv::icache {

class Tags {
public:
    /// \param stride_bytes from a line to the next one of the same cache: the banks of a cache lie
    ///   side by side. A power of two, as all of these are.
    Tags(u32 size_bytes, unsigned ways, u32 line_bytes, u32 stride_bytes)
        : ways_(ways),
          stride_bits_(unsigned(std::countr_zero(stride_bytes))),
          set_mask_(size_bytes / line_bytes / ways - 1),
          lines_(size_bytes / line_bytes, kNone) {}

    [[nodiscard]] bool has(Address line) const {
        const Address* set = &lines_[set_of(line)];
        for (unsigned way = 0; way < ways_; ++way)
            if (set[way] == line)
                return true;
        return false;
    }
    /// The set of `selector` holds a line with the tag of `line`.
    [[nodiscard]] bool has_tag(Address selector, Address line) const {
        const Address* set = &lines_[set_of(selector)];
        const Address tag = tag_of(line);
        for (unsigned way = 0; way < ways_; ++way)
            if (set[way] != kNone && tag_of(set[way]) == tag)
                return true;
        return false;
    }
    /// The highest free way of the line's set.
    [[nodiscard]] std::optional<unsigned> free_way(Address line) const {
        const Address* set = &lines_[set_of(line)];
        for (unsigned way = ways_; way-- > 0;)
            if (set[way] == kNone)
                return way;
        return std::nullopt;
    }
    /// \returns the line that was there; no line's address when none was
    Address put(Address line, unsigned way) {
        return std::exchange(lines_[set_of(line) + way], line);
    }
    void flush() { std::ranges::fill(lines_, kNone); }
    void flush(Address line) { std::ranges::replace(lines_, line, kNone); }
    [[nodiscard]] unsigned ways() const { return ways_; }
    void serialize(StateArchive& archive) { archive(lines_); }

private:
    static constexpr Address kNone = 1;  // no line begins at an odd address

    [[nodiscard]] Address tag_of(Address line) const { return line >> stride_bits_ & ~set_mask_; }
    /// Index of way 0 of the line's set.
    [[nodiscard]] std::size_t set_of(Address line) const {
        return std::size_t(line >> stride_bits_ & set_mask_) * ways_;
    }

    unsigned ways_;
    unsigned stride_bits_;
    u32 set_mask_;
    std::vector<Address> lines_;  // [set][way]
};

}  // namespace flexv::icache
