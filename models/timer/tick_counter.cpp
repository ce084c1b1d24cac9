// SPDX-License-Identifier: Apache-2.0
#include "timer/tick_counter.hpp"

namespace flexv::timer {

void TickCounter::advance(Cycles cycle) {
    if (cycle <= cycle_)
        return;
    const Cycles match = settings_.stops_after_match ? match_cycle() : kNever;
    if (match < cycle) {
        // ENABLE is a flip-flop: it falls one cycle after the match, and an edge in between still
        // counts.
        run(match + 1);
        is_enabled_ = false;
        count_ = settings_.clears_on_match ? 0 : count_;
    }
    run(cycle);
}

void TickCounter::run(Cycles to) {
    if (is_counting()) {
        const u64 edges =
            to / settings_.cycles_per_edge - cycle_ / settings_.cycles_per_edge + phase_;
        phase_ = edges % settings_.edges_per_tick;
        add_ticks(edges / settings_.edges_per_tick);
    }
    cycle_ = to;
}

void TickCounter::add_ticks(u64 ticks) {
    const u64 period = settings_.compare + 1;  // 0 when the compare value is the largest count
    const u64 to_wrap = (u64{0} - count_) & mask();
    if (!settings_.clears_on_match || period == 0) {
        count_ = (count_ + ticks) & mask();
    } else if (count_ <= settings_.compare) {
        count_ = (count_ + ticks % period) % period;
    } else if (ticks < to_wrap) {
        count_ += ticks;
    } else {
        count_ = (ticks - to_wrap) % period;
    }
}

/// The cycle in which the count has made `ticks` steps; kNever when it does not fit into time.
Cycles TickCounter::cycle_of_tick(u64 ticks) const {
    u64 edges = 0;
    u64 cycle = 0;
    if (__builtin_mul_overflow(ticks, u64{settings_.edges_per_tick}, &edges) ||
        __builtin_add_overflow(edges - phase_, cycle_ / settings_.cycles_per_edge, &edges) ||
        __builtin_mul_overflow(edges, u64(settings_.cycles_per_edge), &cycle))
        return kNever;
    return Cycles{cycle};
}

Cycles TickCounter::match_cycle() const {
    if (!is_counting())
        return kNever;
    const u64 ticks = (settings_.compare - count_) & mask();
    return ticks == 0 ? cycle_ : cycle_of_tick(ticks);
}

Cycles TickCounter::next_change() const {
    if (!is_counting())
        return kNever;
    if (!is_match())
        return match_cycle();
    if (settings_.stops_after_match) {
        // Whether the last edge still counts decides; a look one cycle later tells.
        return cycle_ + 1;
    }
    const bool stays = settings_.clears_on_match && settings_.compare == 0;
    return stays ? kNever : cycle_of_tick(1);
}

}  // namespace flexv::timer
