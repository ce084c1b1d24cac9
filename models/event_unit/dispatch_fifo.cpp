// SPDX-License-Identifier: Apache-2.0
#include "event_unit/dispatch_fifo.hpp"

#include <utility>

namespace flexv::event_unit {

/// A pending pop announces its word, or steps over one that is not for this core.
bool DispatchFifo::can_move(unsigned core) const {
    const Reader& reader = readers_[core];
    return is_ready(core) ? !reader.is_announced : reader.slot != write_slot_;
}

bool DispatchFifo::is_moving() const {
    for (unsigned core = 0; core < readers_.size(); ++core)
        if (readers_[core].is_outstanding && can_move(core))
            return true;
    return false;
}

u32 DispatchFifo::clock_edge() {
    u32 told = 0;
    for (unsigned core = 0; core < readers_.size(); ++core)
        if (clock_reader(core))
            told |= bit(core);
    if (std::exchange(is_pushing_, false)) {
        entries_[write_slot_] = {.word = pushed_, .team = team.now};
        write_slot_ = after(write_slot_);
    }
    team.clock_edge();
    return told;
}

/// True when the core's line 18 pulses in this cycle.
bool DispatchFifo::clock_reader(unsigned core) {
    Reader& reader = readers_[core];
    const bool is_requesting = std::exchange(reader.is_requesting, false);
    const bool was_outstanding =
        std::exchange(reader.is_outstanding, reader.is_outstanding || is_requesting);
    const bool is_taken = std::exchange(reader.is_acknowledged, false) && was_outstanding;
    if (is_requesting)
        reader.is_announced = false;
    if (is_taken) {
        consume(core);
        reader.is_outstanding = is_requesting;  // a pop that returns at once stays outstanding
        return false;
    }
    if (!reader.is_outstanding || !can_move(core))
        return false;
    if (is_ready(core))
        return reader.is_announced = true;
    reader.slot = after(reader.slot);
    return false;
}

void DispatchFifo::consume(unsigned core) {
    Reader& reader = readers_[core];
    const bool is_valid = is_ready(core);
    pops_ += is_valid ? 1 : 0;
    entries_[reader.slot].team &= ~bit(core);
    if (is_valid || reader.slot != write_slot_)
        reader.slot = after(reader.slot);
    reader.is_announced = false;
}

}  // namespace flexv::event_unit
