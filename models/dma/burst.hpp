// SPDX-License-Identifier: Apache-2.0
// What travels through the DMA: a piece of a command that lies together on both sides, and a burst,
// the part of a piece that the external bus carries at once.
#pragma once

#include "base/units.hpp"

#include <algorithm>
#include <array>

namespace flexv::dma {

inline constexpr u32 kBeatBytes = 8;        ///< 64-bit external bus, source: docs/spec/timing.md 6
inline constexpr u32 kBoundaryBytes = 256;  ///< bursts end there, source: docs/spec/timing.md 6
inline constexpr u32 kMaxBurstBytes = 257;  ///< a last single byte rides on the burst before it

/// 8-byte words that `bytes` bytes from `address` on touch.
constexpr u32 words_touched(Address address, u32 bytes) {
    return (address % kBeatBytes + bytes + kBeatBytes - 1) / kBeatBytes;
}

struct Burst {
    Address tcdm = 0;
    Address external = 0;
    u32 bytes = 0;
    bool increments = true;  ///< false: every beat goes to the same external word

    /// Beats on the external bus; the first and the last may be partial.
    [[nodiscard]] u32 beats() const { return words_touched(external, bytes); }
    /// Pairs of 32-bit words in the TCDM.
    [[nodiscard]] u32 tcdm_beats() const { return words_touched(tcdm, bytes); }
    /// Bytes that the beat which starts with byte `position` of the burst carries.
    [[nodiscard]] u32 beat_bytes(u32 position) const {
        return std::min(bytes - position, kBeatBytes - (external + position) % kBeatBytes);
    }
    /// External address of that beat. Where the address is fixed, the beats behind the first carry
    /// the whole word.
    [[nodiscard]] Address beat_address(u32 position) const {
        if (increments)
            return external + position;
        return position == 0 ? external : external - external % kBeatBytes;
    }
    bool operator==(const Burst&) const = default;
};

/// A burst on its way, with its data.
struct OpenBurst {
    Burst burst = {};
    unsigned id = 0;
    bool is_receive = false;
    bool is_last = false;  ///< of its command
    std::array<u8, kMaxBurstBytes> data{};
};

/// Where the bursts of one direction live from their generation to their end; they end in order.
class BurstStore {
public:
    OpenBurst& open() { return bursts_[next_++ % kBursts]; }

private:
    /// A direction holds at most 15: 2 queued, 8 outstanding, 2 + 1 + 2 in the TCDM unit.
    static constexpr unsigned kBursts = 32;

    std::array<OpenBurst, kBursts> bursts_{};
    unsigned next_ = 0;
};

}  // namespace flexv::dma
