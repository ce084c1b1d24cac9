// SPDX-License-Identifier: Apache-2.0
// The pseudo-random way of a cache: an 8-bit linear feedback shift register.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <bit>

namespace flexv::icache {

/// Shifts left; the bit that enters is the XNOR of bits 7, 3, 2 and 1. Starts at 0
/// (docs/spec/state_machines.md 2.1).
class Lfsr {
public:
    /// A way below `ways`, a power of two.
    [[nodiscard]] unsigned way(unsigned ways) const { return state_ & (ways - 1); }
    void step() {
        const bool parity = std::popcount(unsigned(state_ & kTaps)) % 2 != 0;
        state_ = u8(state_ << 1 | (parity ? 0 : 1));
    }
    void serialize(StateArchive& archive) { archive(state_); }

private:
    static constexpr u8 kTaps = 0x8e;

    u8 state_ = 0;
};

}  // namespace flexv::icache
