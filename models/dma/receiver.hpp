// SPDX-License-Identifier: Apache-2.0
// Incoming data: read bursts outside, words written to the TCDM. The stages in the order of the
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

class Receiver final : private AddressGenerator::Neighbours {
public:
    Receiver(Surroundings& surroundings, const DataPath& path)
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
        archive(generator_, store_, reads_, address_, open_, has_closed_, incoming_, beats_, data_,
                aligner_, words_, lanes_, ends_);
    }

private:
    /// A burst whose address the memory has.
    struct Incoming {
        OpenBurst* burst = nullptr;
        Cycles next_beat = 0;  // first cycle in which the memory can offer it
        u32 beats_left = 0;

        void serialize(StateArchive& archive) { archive(burst, next_beat, beats_left); }
    };
    /// A beat that was taken from the bus.
    struct BusBeat {
        OpenBurst* burst = nullptr;
        bool is_first = false;
        bool is_last = false;

        void serialize(StateArchive& archive) { archive(burst, is_first, is_last); }
    };

    [[nodiscard]] bool has_command() const override { return surroundings_.has_command(); }
    QueuedCommand take_command() override { return surroundings_.take_command(); }
    [[nodiscard]] bool has_room() const override { return reads_.has_room(); }
    void issue(const Burst& burst, unsigned id, bool is_last) override;
    void registered(unsigned id, unsigned bursts) override { surroundings_.registered(id, bursts); }

    bool finish_burst();
    bool align();
    bool accept_beat();
    bool take_from_bus(Cycles now);
    bool put_address(Cycles now);
    /// Of a burst whose first data is there in `cycle`.
    [[nodiscard]] Cycles first_beat(Cycles cycle) const {
        return cycle + path_.cycles_per_beat - 1;
    }
    bool launch();

    const DataPath path_;
    Surroundings& surroundings_;
    AddressGenerator generator_;
    BurstStore store_;
    Fifo<OpenBurst*> reads_;
    OpenBurst* address_ = nullptr;  // on the bus in this cycle
    unsigned open_ = 0;             // bursts that hold a place
    bool has_closed_ = false;       // one gives its place back at the end of this cycle
    std::deque<Incoming> incoming_;
    Fifo<BusBeat> beats_;
    Fifo<Token> data_;  // words for the aligner
    Aligner aligner_;
    WordUnpacker words_;
    WriteLanes lanes_;
    BurstEnds ends_;
};

}  // namespace flexv::dma
