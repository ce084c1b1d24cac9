// SPDX-License-Identifier: Apache-2.0
// Cuts a command into bursts that are contiguous on both sides and that the external bus can carry.
// Plain logic: the law "any list of transfers equals memcpy" is decided here.
#pragma once

#include "base/units.hpp"
#include "dma/command.hpp"

namespace flexv::dma {

inline constexpr u32 kBeatBytes = 8;        ///< 64-bit external bus, source: spec/timing.md 6
inline constexpr u32 kMaxBurstBytes = 256;  ///< source: spec/timing.md 6

/// At most 256 bytes that lie together on both sides.
struct Burst {
    Address tcdm = 0;
    Address external = 0;
    u32 bytes = 0;
    bool increments = true;

    /// Bytes that the beat which starts with byte `position` of the burst carries.
    [[nodiscard]] u32 beat_bytes(u32 position) const;
    /// Beats on the external bus; the first and the last may be partial.
    [[nodiscard]] u32 beats() const;
    bool operator==(const Burst&) const = default;
};

class Splitter {
public:
    explicit Splitter(const Command& command) : command_(command) {}

    [[nodiscard]] bool is_done() const { return done_bytes_ == command_.length_bytes; }
    /// The next burst; only while not is_done().
    Burst next();

private:
    [[nodiscard]] u32 bus_limit(Address external) const;

    Command command_;
    u32 done_bytes_ = 0;
};

}  // namespace flexv::dma
