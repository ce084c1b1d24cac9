// SPDX-License-Identifier: Apache-2.0
// Incoming data: read bursts outside, words written to the TCDM. Timing: spec/timing.md 6, rows
// d_rx_* of dma_cycles.csv.
#pragma once

#include "base/units.hpp"
#include "dma/engine.hpp"
#include "dma/lanes.hpp"

#include <deque>

namespace flexv::dma {

class Receiver final : private LanePair::Client {
public:
    explicit Receiver(Surroundings& surroundings)
        : surroundings_(surroundings), lanes_(*this, surroundings) {}

    void add(const QueuedCommand& command, Cycles now);
    /// Issues one burst if its time has come.
    void step(Cycles now);

    [[nodiscard]] LanePair& lanes() { return lanes_; }
    [[nodiscard]] bool is_idle() const { return commands_.empty() && bursts_.empty(); }
    void reset();

private:
    struct Incoming : OpenBurst {
        u32 beats = 0;
        Cycles first_data = 0;  // cycle in which the memory offers the first beat
        u32 beats_taken = 0;
        u32 bytes_taken = 0;    // by the buffer
        u32 bytes_written = 0;  // to the TCDM
    };

    void beat_done(const Beat& beat, Cycles cycle) override;
    void issue(Cycles now);
    void take_beats();
    [[nodiscard]] bool take_beat(Incoming& burst);
    [[nodiscard]] bool may_issue(Cycles now);

    Surroundings& surroundings_;
    LanePair lanes_;
    std::deque<QueuedCommand> commands_;
    std::deque<Incoming> bursts_;    // addresses issued, not completely written
    std::size_t taking_ = 0;         // index of the burst whose beats are being taken
    std::deque<Cycles> slots_free_;  // cycles from which places of finished bursts are free
    unsigned open_ = 0;              // bursts that hold a place
    u64 taken_bytes_ = 0;            // since reset
    u32 buffered_bytes_ = 0;
    bool is_full_ = false;
    Cycles room_from_ = 0;  // when the buffer last got room after it was full
    Cycles next_beat_ = 0;  // the bus is free again
};

}  // namespace flexv::dma
