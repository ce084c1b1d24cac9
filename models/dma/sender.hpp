// SPDX-License-Identifier: Apache-2.0
// Outgoing data: words read from the TCDM, write bursts outside. Timing: spec/timing.md 6, rows
// d_tx_* of dma_cycles.csv.
#pragma once

#include "base/units.hpp"
#include "dma/engine.hpp"
#include "dma/lanes.hpp"

#include <deque>

namespace flexv::dma {

class Sender final : private LanePair::Client {
public:
    explicit Sender(Surroundings& surroundings)
        : surroundings_(surroundings), lanes_(*this, surroundings) {}

    void add(const QueuedCommand& command, Cycles now);
    /// Writes the burst whose last beat leaves in this cycle.
    void step(Cycles now);

    [[nodiscard]] LanePair& lanes() { return lanes_; }
    [[nodiscard]] bool is_idle() const { return commands_.empty() && bursts_.empty(); }
    void reset();

private:
    struct Outgoing : OpenBurst {
        u32 beats = 0;
        Cycles available = 0;     // first cycle for its address and its TCDM reads
        Cycles address = kNever;  // cycle of its write address
        u32 beats_sent = 0;
        u32 bytes_sent = 0;
        Cycles last_beat = kNever;
    };

    void beat_done(const Beat& beat, Cycles cycle) override;
    void open_bursts(Cycles now);
    void open_burst(Cycles now);
    void send_beats(Cycles data_ready);
    [[nodiscard]] bool send_beat(Outgoing& burst, Cycles data_ready);
    [[nodiscard]] bool issue_address(Outgoing& burst);
    void write(Outgoing& burst);

    Surroundings& surroundings_;
    LanePair lanes_;
    std::deque<QueuedCommand> commands_;
    std::deque<Outgoing> bursts_;   // opened, not yet written outside
    std::size_t sending_ = 0;       // index of the burst whose beats are being sent
    std::deque<Cycles> responses_;  // of bursts that still hold a place
    unsigned open_ = 0;             // bursts that hold a place
    u64 read_bytes_ = 0;            // from the TCDM, since reset
    u64 sent_bytes_ = 0;
    Cycles next_beat_ = 0;  // the bus is free again
    Cycles last_response_ = 0;
};

}  // namespace flexv::dma
