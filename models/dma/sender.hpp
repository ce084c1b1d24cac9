// SPDX-License-Identifier: Apache-2.0
// Outgoing data: words read from the TCDM, write bursts outside. The stages in the order of the
// data; each is a state machine of docs/spec/state_machines.md 4.2 and 4.3.
#pragma once

#include "base/units.hpp"
#include "dma/address_generator.hpp"
#include "dma/aligner.hpp"
#include "dma/burst.hpp"
#include "dma/fifo.hpp"
#include "dma/lanes.hpp"
#include "dma/surroundings.hpp"

#include <deque>

namespace flexv::dma {

class Sender final : private AddressGenerator::Neighbours {
public:
    Sender(Surroundings& surroundings, const DataPath& path)
        : path_(path),
          surroundings_(surroundings),
          generator_(*this, path.bus_bytes),
          words_(path.lanes()),
          lanes_(surroundings, path.lanes()),
          ends_(path.lanes()) {}

    /// Carries out cycle `now`; the answers of the banks for it are known. True when something
    /// moved, so that the next cycle has to be carried out, too.
    bool step(Cycles now);
    /// The next cycle in which something moves by itself; kNever when there is none.
    [[nodiscard]] Cycles next_arrival() const;
    /// Begins cycle `next`: asks for banks.
    void tick(Cycles next);
    void granted(unsigned lane, Cycles now) { lanes_.granted(lane, now, words_); }
    /// The external side answers a burst of this direction later than it was sent.
    void answered(const OpenBurst& burst, Cycles cycle);
    [[nodiscard]] bool is_asking(unsigned lane) const { return lanes_.is_asking(lane); }
    void reset();
    void serialize(StateArchive& archive) {
        const StateArchive::PointersInto<OpenBurst> bursts(archive, store_.all());
        archive(generator_, store_, words_, lanes_, ends_, aligner_, data_, writes_, state_,
                sending_, beats_left_, next_beat_, last_beat_, next_last_beat_, open_, has_closed_,
                responses_);
    }

private:
    /// The external unit: idle, a burst without or with its first beat under way.
    enum class State : u8 { idle, address_sent, running };

    /// A write response on its way back.
    struct Response {
        OpenBurst* burst = nullptr;
        Cycles buffered = 0;  // one cycle behind the bus

        void serialize(StateArchive& archive) { archive(burst, buffered); }
    };

    [[nodiscard]] bool has_command() const override { return surroundings_.has_command(); }
    QueuedCommand take_command() override { return surroundings_.take_command(); }
    [[nodiscard]] bool has_room() const override {
        return words_.has_room() && aligner_.has_room() && writes_.has_room();
    }
    void issue(const Burst& burst, unsigned id, bool is_last) override;
    void registered(unsigned id, unsigned bursts) override { surroundings_.registered(id, bursts); }

    bool finish_reads();
    bool align();
    bool send(Cycles now);
    bool send_beat(Cycles now);
    bool put_last_beat(Cycles now);
    bool take_response(Cycles now);

    const DataPath path_;
    Surroundings& surroundings_;
    AddressGenerator generator_;
    BurstStore store_;
    WordUnpacker words_;
    ReadLanes lanes_;
    BurstEnds ends_;
    Aligner aligner_;
    Fifo<Token> data_;  // beats for the bus
    Fifo<OpenBurst*> writes_;
    State state_ = State::idle;
    OpenBurst* sending_ = nullptr;
    u32 beats_left_ = 0;
    Cycles next_beat_ = 0;            // first cycle in which the bus takes one
    OpenBurst* last_beat_ = nullptr;  // of this burst, is on the bus in this cycle
    OpenBurst* next_last_beat_ = nullptr;
    unsigned open_ = 0;        // bursts that hold a place
    bool has_closed_ = false;  // one gives its place back at the end of this cycle
    std::deque<Response> responses_;
};

}  // namespace flexv::dma
