// SPDX-License-Identifier: Apache-2.0
// What travels through the DMA: a piece of a command that lies together on both sides, and a burst,
// the part of a piece that the external bus carries at once.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace flexv::dma {

inline constexpr u32 kBusBytes = 8;         ///< 64-bit external bus, source: docs/spec/timing.md 6
inline constexpr u32 kBoundaryBytes = 256;  ///< bursts end there, source: docs/spec/timing.md 6
inline constexpr u32 kMaxBurstBytes = 257;  ///< a last single byte rides on the burst before it

/// Words of `word_bytes` that `bytes` bytes from `address` on touch.
constexpr u32 words_touched(Address address, u32 bytes, u32 word_bytes = kBusBytes) {
    return (address % word_bytes + bytes + word_bytes - 1) / word_bytes;
}

struct Burst {
    Address tcdm = 0;
    Address external = 0;
    u32 bytes = 0;
    bool increments = true;     ///< false: every beat goes to the same external word
    u32 bus_bytes = kBusBytes;  ///< a beat of the external bus, and what the TCDM's ports carry

    /// Beats on the external bus; the first and the last may be partial.
    [[nodiscard]] u32 beats() const { return words_touched(external, bytes, bus_bytes); }
    /// Groups of 32-bit words in the TCDM, one of each port.
    [[nodiscard]] u32 tcdm_beats() const { return words_touched(tcdm, bytes, bus_bytes); }
    /// Bytes that the beat which starts with byte `position` of the burst carries.
    [[nodiscard]] u32 beat_bytes(u32 position) const {
        return std::min(bytes - position, bus_bytes - (external + position) % bus_bytes);
    }
    /// External address of that beat. Where the address is fixed, the beats behind the first carry
    /// the whole word.
    [[nodiscard]] Address beat_address(u32 position) const {
        if (increments)
            return external + position;
        return position == 0 ? external : external - external % bus_bytes;
    }
    bool operator==(const Burst&) const = default;
    void serialize(StateArchive& archive) { archive(tcdm, external, bytes, increments, bus_bytes); }
};

/// A burst on its way, with its data.
struct OpenBurst {
    Burst burst = {};
    unsigned id = 0;
    bool is_receive = false;
    bool is_last = false;  ///< of its command
    std::array<u8, kMaxBurstBytes> data{};

    void serialize(StateArchive& archive) {
        archive(burst, id, is_receive, is_last);
        archive.memory(data.data(), data.size());
    }
};

/// Where the bursts of one direction live from their generation to their end; they end in order.
class BurstStore {
public:
    OpenBurst& open() { return bursts_[next_++ % kBursts]; }
    /// Whatever the direction points to.
    [[nodiscard]] std::span<OpenBurst> all() { return bursts_; }
    void serialize(StateArchive& archive) { archive(bursts_, next_); }

private:
    /// A direction holds at most 23: 2 queued, 16 outstanding, 2 + 1 + 2 in the TCDM unit.
    static constexpr unsigned kBursts = 32;

    std::array<OpenBurst, kBursts> bursts_{};
    unsigned next_ = 0;
};

}  // namespace flexv::dma
