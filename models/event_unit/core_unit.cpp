// SPDX-License-Identifier: Apache-2.0
#include "event_unit/core_unit.hpp"

#include <utility>

namespace flexv::event_unit {

u32 CoreUnit::clock_edge(u32 levels) {
    const u32 before = buffer_;
    buffer_ = (buffer_ | incoming_ | levels) & ~clearing_;
    incoming_ = 0;
    clearing_ = 0;
    event_mask.clock_edge();
    irq_mask.clock_edge();
    software_mask.clock_edge();
    return buffer_ & ~before;
}

bool CoreUnit::begin_wait(Cycles now, bool may_stop_clock) {
    interrupted_at_ = kNotInterrupted;
    stopped_from_ = may_stop_clock ? now + kCyclesToSleep : kNever;
    return std::exchange(is_armed_, false);
}

CoreUnit::Wake CoreUnit::poll(Cycles now) {
    if (interrupted_at_ != kNotInterrupted)
        return now > interrupted_at_ ? Wake::fall_through : Wake::next_cycle;
    if (interrupt_lines() != 0) {
        interrupted_at_ = now;
        stopped_from_ = kNever;
        return Wake::next_cycle;
    }
    return wake_lines() != 0 ? Wake::event : Wake::no;
}

void CoreUnit::wake(bool clears) {
    is_armed_ = true;
    if (clears)
        clear(event_mask.now);
    end_wait();
}

void CoreUnit::end_wait() {
    interrupted_at_ = kNotInterrupted;
    stopped_from_ = kNever;
}

}  // namespace flexv::event_unit
