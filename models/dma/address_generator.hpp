// SPDX-License-Identifier: Apache-2.0
// From the global queue to bursts, one of these for each direction: the 2D splitter, a queue of two
// pieces, the burst unpacker. Source: docs/spec/state_machines.md 4.2.
#pragma once

#include "base/units.hpp"
#include "dma/burst.hpp"
#include "dma/fifo.hpp"
#include "dma/splitter.hpp"

namespace flexv::dma {

/// A command in the global queue.
struct QueuedCommand {
    Command command = {};
    unsigned id = 0;
    bool has_external_lines = false;  ///< takes a place for the lines of this side
    bool has_tcdm_lines = false;

    void serialize(StateArchive& archive) {
        archive(command, id, has_external_lines, has_tcdm_lines);
    }
};

class AddressGenerator {
public:
    /// The stages around it.
    class Neighbours {
    public:
        /// The queue has a command for this direction.
        [[nodiscard]] virtual bool has_command() const = 0;
        virtual QueuedCommand take_command() = 0;
        /// All that a burst is handed to can take one.
        [[nodiscard]] virtual bool has_room() const = 0;
        virtual void issue(const Burst& burst, unsigned id, bool is_last) = 0;
        /// `bursts` bursts of `id` are about to come.
        virtual void registered(unsigned id, unsigned bursts) = 0;

    protected:
        ~Neighbours() = default;
    };

    AddressGenerator(Neighbours& neighbours, u32 bus_bytes)
        : neighbours_(neighbours), bus_bytes_(bus_bytes) {}

    /// One cycle; true when something moved.
    bool step();
    void tick() { pieces_.tick(); }
    void clear();
    void serialize(StateArchive& archive) {
        archive(pieces_, splitter_, splitting_id_, is_splitting_, cutter_, cutting_, is_cutting_);
    }

private:
    struct QueuedPiece {
        Piece piece = {};
        unsigned id = 0;
        bool is_last = false;  ///< of its command

        void serialize(StateArchive& archive) { archive(piece, id, is_last); }
    };

    bool unpack();
    bool split();

    Neighbours& neighbours_;
    const u32 bus_bytes_;
    Fifo<QueuedPiece> pieces_;
    // The 2D splitter: idle, or giving a piece in each cycle.
    LineSplitter splitter_;
    unsigned splitting_id_ = 0;
    bool is_splitting_ = false;
    // The burst unpacker: idle, or giving a burst in each cycle.
    BurstCutter cutter_;
    QueuedPiece cutting_;
    bool is_cutting_ = false;
};

}  // namespace flexv::dma
