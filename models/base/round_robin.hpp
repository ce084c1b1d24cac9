// SPDX-License-Identifier: Apache-2.0
// The round-robin arbiter of the cluster's crossbars, as docs/spec/timing.md 2.1 gives it from the
// RTL.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <bit>

namespace flexv {

/// Chooses one of up to 32 ports in each cycle. Keeps its pointer while nobody asks.
class RoundRobin {
public:
    /// `ports` is rounded up to a power of two: the width of the tree.
    explicit RoundRobin(unsigned ports) : top_bit_(std::bit_ceil(ports) / 2) {}

    /// The port whose turn it is; `requests` has one bit per port and is not 0. Walks the tree from
    /// the most significant port bit down; where both halves ask, the pointer's bit decides.
    [[nodiscard]] unsigned choose(u32 requests) const {
        unsigned first = 0;
        for (unsigned half = top_bit_; half != 0; half /= 2) {
            const u32 members = (1U << half) - 1;
            const bool lower = ((requests >> first) & members) != 0;
            const bool upper = ((requests >> (first + half)) & members) != 0;
            if (!lower || (upper && (pointer_ & half) != 0))
                first += half;
        }
        return first;
    }
    /// The port that is granted, and the pointer moves on.
    unsigned grant(u32 requests) {
        const unsigned winner = choose(requests);
        const u32 above = pointer_ == 31 ? 0 : requests & (~0U << (pointer_ + 1));
        pointer_ = unsigned(std::countr_zero(above != 0 ? above : requests));
        return winner;
    }
    /// grant() for the common case that `port` asks alone.
    void grant_alone(unsigned port) { pointer_ = port; }
    void reset() { pointer_ = 0; }
    void serialize(StateArchive& archive) { archive(pointer_); }

private:
    unsigned top_bit_;
    unsigned pointer_ = 0;
};

}  // namespace flexv
