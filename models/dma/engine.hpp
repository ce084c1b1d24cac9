// SPDX-License-Identifier: Apache-2.0
// What the two engines (incoming and outgoing data) have in common: their timing, a burst with its
// data, and what they need from the rest of the DMA. Plain C++.
#pragma once

#include "base/units.hpp"
#include "dma/splitter.hpp"

#include <array>

namespace flexv::dma {

// Cycles; source: spec/timing.md 6 unless said otherwise.
/// Last command word in t: the port is closed until t + 5. Fits d_rx2 and d_rxtx of dma_cycles.csv:
/// the first status poll is granted 8 cycles late after two commands.
inline constexpr Cycles kRegistrationCycles = 4;
/// ... and the first external address appears in t + 7.
inline constexpr Cycles kStartCycles = 3;
/// From a beat on one side to the same data on the other.
inline constexpr Cycles kTransitCycles = 6;
/// The same for a burst of one beat (d_rx_8, d_tx_8, d_rx_mis).
inline constexpr Cycles kSingleBeatTransitCycles = 5;
/// Between the last beat of an incoming burst and the first of the next: 34 cycles per 32 beats.
inline constexpr Cycles kReceiveGapCycles = 2;
/// From a write address to its first beat when the data wait: 35 cycles per 32 beats.
inline constexpr Cycles kAddressToDataCycles = 3;
/// From the last TCDM write or the last write response to the event.
inline constexpr Cycles kCompletionCycles = 3;
/// Bursts in flight in each direction.
inline constexpr unsigned kMaxOutstanding = 8;
/// Data between the two sides of an engine: the smallest buffer that meets d_rx_mis; d_cont, where
/// cores take banks away, then takes 719 cycles against 720 measured.
inline constexpr u32 kBufferBytes = 8 * kBeatBytes;

inline constexpr Cycles transit_cycles(u32 beats) {
    return beats == 1 ? kSingleBeatTransitCycles : kTransitCycles;
}

/// A burst on its way, with its data.
struct OpenBurst {
    Burst burst = {};
    unsigned id = 0;
    bool is_receive = false;
    bool is_last = false;  ///< of its command
    std::array<u8, kMaxBurstBytes> data{};
};

/// The rest of the DMA as an engine sees it.
class Surroundings {
public:
    /// Asks for the bank of a word; LanePair::granted() is the answer.
    virtual void request_word(unsigned lane, u32 offset, Cycles cycle) = 0;
    /// Moves bytes between a burst and the TCDM, in the direction of the engine.
    virtual void move_word(u8* data, u32 offset, u32 bytes) = 0;
    /// Carries out the burst outside. Cycles from its address to the first data (incoming), or from
    /// its last data to the response (outgoing).
    virtual Cycles access_external(OpenBurst& burst, Cycles now) = 0;
    /// step() is wanted in this later cycle.
    virtual void wake(Cycles cycle) = 0;
    /// All bursts of a command are under way: its place in the queue is free.
    virtual void command_left(bool is_two_dimensional) = 0;
    /// A command of `id` is done; visible from `cycle` on.
    virtual void command_done(unsigned id, Cycles cycle) = 0;
    /// Ports spent `cycles` waiting for a bank.
    virtual void stalled(Cycles cycles) = 0;

protected:
    ~Surroundings() = default;
};

/// A command in the queue of an engine.
struct QueuedCommand {
    Splitter splitter;
    unsigned id = 0;
    bool is_two_dimensional = false;
    Cycles start = 0;  ///< first cycle of an external address
};

}  // namespace flexv::dma
