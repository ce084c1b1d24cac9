// SPDX-License-Identifier: Apache-2.0
// Which words of a memory somebody holds decoded. By words and not by pages, because firmware keeps
// data beside its code: a write to them must neither cost anything nor disturb the code.
#pragma once

#include "base/units.hpp"

#include <algorithm>
#include <vector>

namespace flexv {

class CodeWords {
public:
    static constexpr u32 kBytes = 4;  ///< of a word

    explicit CodeWords(u64 size_bytes) : groups_(size_bytes / (kBytes * kGroup) + 1) {}

    void add(u64 offset) {
        groups_[group_of(offset)] |= bit_of(offset);
        has_any_ = true;
    }
    /// For one access of up to 4 bytes, which meets two words at most.
    [[nodiscard]] bool meets_access(u64 offset, unsigned bytes) const {
        if (!has_any_) [[likely]]
            return false;
        const u64 last = offset + bytes - 1;
        return ((groups_[group_of(offset)] & bit_of(offset)) |
                (groups_[group_of(last)] & bit_of(last))) != 0;
    }
    /// Takes out the words of `bytes` bytes at `offset`, at least one byte.
    /// \returns true when there was one
    bool remove(u64 offset, u64 bytes) {
        const u64 last = (offset + bytes - 1) / kBytes;
        u32 found = 0;
        for (u64 word = offset / kBytes; word <= last; word = (word / kGroup + 1) * kGroup) {
            const u64 end = std::min(last, word | (kGroup - 1));
            const u32 mask = (kAll >> (kGroup - 1 - (end - word))) << word % kGroup;
            found |= groups_[word / kGroup] & mask;
            groups_[word / kGroup] &= ~mask;
        }
        return found != 0;
    }

private:
    static constexpr u64 kGroup = 32;  // words, one bit for each
    static constexpr u32 kAll = ~0U;

    static u64 group_of(u64 offset) { return offset / (kBytes * kGroup); }
    static u32 bit_of(u64 offset) { return 1U << offset / kBytes % kGroup; }

    std::vector<u32> groups_;
    bool has_any_ = false;  // or had
};

}  // namespace flexv
