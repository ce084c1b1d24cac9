// SPDX-License-Identifier: Apache-2.0
#include "event_unit/core_unit.hpp"

#include <algorithm>
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
    may_sleep_from_ = may_stop_clock ? now + kCyclesToSleep : kNever;
    stopped_from_ = may_sleep_from_;
    sleeps_again_ = kNever;
    return std::exchange(is_armed_, false);
}

CoreUnit::Wake CoreUnit::poll(Cycles now) {
    if (is_interrupted_ && now >= sleeps_again_)
        is_interrupted_ = false;
    if (is_interrupted_)
        return poll_interrupted(now);
    if (interrupt_lines() == 0)
        return wake_lines() != 0 ? Wake::event : Wake::no;
    is_interrupted_ = true;
    interrupted_from_ = now + 1;
    stopped_from_ = sleeps_again_ = kNever;
    return Wake::next_cycle;
}

CoreUnit::Wake CoreUnit::poll_interrupted(Cycles now) {
    if (now < interrupted_from_)
        return Wake::next_cycle;
    if (interrupt_lines() != 0)
        return Wake::fall_through;
    if (wake_lines() != 0)
        return Wake::event;
    if (sleeps_again_ == kNever && may_sleep_from_ != kNever)
        stopped_from_ = sleeps_again_ = std::max(now + 1, may_sleep_from_);
    return Wake::no;
}

void CoreUnit::wake(bool clears) {
    is_armed_ = true;
    is_interrupted_ = false;
    if (clears)
        clear(event_mask.now);
    end_wait();
}

void CoreUnit::end_wait() { stopped_from_ = sleeps_again_ = may_sleep_from_ = kNever; }

}  // namespace flexv::event_unit
