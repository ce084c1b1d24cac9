// SPDX-License-Identifier: Apache-2.0
// The work-sharing FIFO: words for a team of cores, read by each member through a pointer of its
// own. Nothing guards against overflow: a slow member loses what is pushed over.
#pragma once

#include "base/units.hpp"
#include "event_unit/event_lines.hpp"

#include <utility>
#include <vector>

namespace flexv::event_unit {

class DispatchFifo {
public:
    DispatchFifo(unsigned depth, unsigned core_count) : entries_(depth), readers_(core_count) {}

    Latched team;  ///< goes with every word that is pushed from the next cycle on

    void push(u32 word) {
        pushed_ = word;
        is_pushing_ = true;
    }
    void request(unsigned core) { readers_[core].is_requesting = true; }
    /// Every wake-up of a core takes the word under its pointer, if a pop was outstanding before.
    void acknowledge(unsigned core) { readers_[core].is_acknowledged = true; }

    /// The word under the core's pointer.
    [[nodiscard]] u32 word(unsigned core) const { return entries_[readers_[core].slot].word; }
    [[nodiscard]] bool is_ready(unsigned core) const {
        return (entries_[readers_[core].slot].team & bit(core)) != 0;
    }
    [[nodiscard]] bool is_outstanding(unsigned core) const { return readers_[core].is_outstanding; }
    /// True when the next clock edge changes something by itself.
    [[nodiscard]] bool is_moving() const;

    /// Ends the cycle; returns the cores whose line 18 pulsed in it.
    u32 clock_edge();
    /// Words taken by cores since the previous call.
    u64 take_pops() { return std::exchange(pops_, 0); }
    void serialize(StateArchive& archive) {
        archive(team, entries_, readers_, write_slot_, pushed_, is_pushing_, pops_);
    }

private:
    struct Entry {
        u32 word = 0;
        u32 team = 0;  ///< members that have not popped it yet

        void serialize(StateArchive& archive) { archive(word, team); }
    };
    struct Reader {
        unsigned slot = 0;
        bool is_requesting = false;
        bool is_outstanding = false;
        bool is_announced = false;  ///< line 18 has pulsed for this request
        bool is_acknowledged = false;

        void serialize(StateArchive& archive) {
            archive(slot, is_requesting, is_outstanding, is_announced, is_acknowledged);
        }
    };

    [[nodiscard]] unsigned after(unsigned slot) const {
        return (slot + 1) % unsigned(entries_.size());
    }
    [[nodiscard]] bool can_move(unsigned core) const;
    bool clock_reader(unsigned core);
    void consume(unsigned core);

    std::vector<Entry> entries_;
    std::vector<Reader> readers_;  // [core]
    unsigned write_slot_ = 0;
    u32 pushed_ = 0;
    bool is_pushing_ = false;
    u64 pops_ = 0;
};

}  // namespace flexv::event_unit
