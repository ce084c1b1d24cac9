// SPDX-License-Identifier: Apache-2.0
// The pseudo-random way of a cache: an 8-bit linear feedback shift register.
#pragma once

#include "base/units.hpp"

#include <bit>

namespace flexv::icache {

/// Shifts left; the bit that enters is the XNOR of bits 7, 3, 2 and 1. Starts at 0.
/// The specification gives only the width. Among 672 combinations of taps, direction, way bits and
/// moment of the step, this one and its mirror image give exactly the L1 misses that `i_loop250`
/// and `i_loop250w` of reference/timing show.
class Lfsr {
public:
    /// A way below `ways`, a power of two; takes a step.
    unsigned take(unsigned ways) {
        const unsigned way = state_ & (ways - 1);
        step();
        return way;
    }

private:
    static constexpr u8 kTaps = 0x8e;

    void step() {
        const bool parity = std::popcount(unsigned(state_ & kTaps)) % 2 != 0;
        state_ = u8(state_ << 1 | (parity ? 0 : 1));
    }

    u8 state_ = 0;
};

}  // namespace flexv::icache
