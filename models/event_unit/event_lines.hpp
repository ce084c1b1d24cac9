// SPDX-License-Identifier: Apache-2.0
// The 32 event lines of a core as the cluster wires them (docs/spec/cluster.md 5.11). Its own file,
// because every part of the unit names them.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <string>

namespace flexv::event_unit {

inline constexpr unsigned kSoftwareEvents = 8;  ///< lines 0..7
inline constexpr unsigned kDmaLine = 8;
inline constexpr unsigned kTimerLowLine = 10;
inline constexpr unsigned kTimerHighLine = 11;
inline constexpr unsigned kAcceleratorLine = 12;  ///< and 13; nothing pulses them
inline constexpr unsigned kBarrierLine = 16;
inline constexpr unsigned kMutexLine = 17;
inline constexpr unsigned kDispatchLine = 18;
inline constexpr unsigned kSocEventLine = 27;

constexpr u32 bit(unsigned index) { return u32{1} << index; }

/// The first `count` of 32 bits.
constexpr u32 low_bits(unsigned count) { return count >= 32 ? ~u32{0} : bit(count) - 1; }

/// How many bits of `set` are 1. For sets with few: std::popcount is a call of a library.
constexpr unsigned count_of(u32 set) {
    unsigned count = 0;
    for (; set != 0; set &= set - 1)
        ++count;
    return count;
}

/// Lines that something can drive; 19..21, 23..26 and 28..31 are tied to 0.
inline constexpr u32 kWiredLines = low_bits(19) | bit(22) | bit(kSocEventLine);

/// A register bit that is written now and seen from the next cycle on.
struct Latched {
    u32 now = 0;
    u32 next = 0;

    void clock_edge() { now = next; }
    void serialize(StateArchive& archive) { archive(now, next); }
};

/// "0 1 5" for the set bits of `cores`, "none" for 0.
[[nodiscard]] std::string list_of(u32 cores);

}  // namespace flexv::event_unit
