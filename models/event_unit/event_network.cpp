// SPDX-License-Identifier: Apache-2.0
#include "event_unit/event_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace flexv::event_unit {

std::string list_of(u32 cores) {
    std::string text;
    for (; cores != 0; cores &= cores - 1)
        text += fmt::format("{}{}", text.empty() ? "" : " ", std::countr_zero(cores));
    return text.empty() ? "none" : text;
}

Units::Units(const Config& config)
    : cores(config.core_count),
      barriers(config.barrier_count),
      mutexes(config.mutex_count),
      dispatch(config.dispatch_depth, config.core_count),
      soc_events(config.soc_event_depth) {}

namespace {

constexpr Cycles kBarrierCycles = 2;  // of the hardware: the match is registered, and the event

}  // namespace

EventNetwork::EventNetwork(const Config& config, std::function<void(Cycles)> on_staged)
    : config_(config), on_staged_(std::move(on_staged)), units_(config) {}

void EventNetwork::reset() {
    units_ = Units(config_);
    staged_ = {};
    visited_cores_ = all_cores();
    arrivals_.clear();
    levels_ = 0;
    cycle_ = 0;
    is_staged_ = false;
}

void EventNetwork::advance(Cycles now) {
    while (cycle_ < now) {
        take_arrivals();
        if (is_staged_) {
            ++cycle_;  // first: what moves on by itself asks for the edge after this one
            clock_edge();
        } else {
            cycle_ = arrivals_.empty() ? now : std::min(now, arrivals_.begin()->first);
        }
    }
}

void EventNetwork::settle() {
    if (is_staged_)
        clock_edge();
}

void EventNetwork::stage() {
    is_staged_ = true;
    on_staged_(cycle_ + 1);
}

CoreUnit& EventNetwork::stage_core(unsigned core) {
    staged_.cores |= bit(core);
    stage();
    return units_.cores[core];
}

Barrier& EventNetwork::stage_barrier(unsigned barrier) {
    staged_.barriers |= bit(barrier);
    stage();
    return units_.barriers[barrier];
}

Mutex& EventNetwork::stage_mutex(unsigned mutex) {
    staged_.mutexes |= bit(mutex);
    stage();
    return units_.mutexes[mutex];
}

DispatchFifo& EventNetwork::stage_dispatch() {
    staged_.dispatch = true;
    stage();
    return units_.dispatch;
}

SocEventFifo& EventNetwork::stage_soc_events() {
    staged_.soc_events = true;
    stage();
    return units_.soc_events;
}

void EventNetwork::post(Cycles cycle, const Arrival& arrival) {
    arrivals_.emplace(std::max(cycle, cycle_), arrival);
}

void EventNetwork::take_arrivals() {
    while (!arrivals_.empty() && arrivals_.begin()->first <= cycle_) {
        take(arrivals_.begin()->second);
        arrivals_.erase(arrivals_.begin());
        is_staged_ = true;
    }
}

void EventNetwork::take(const Arrival& arrival) {
    switch (arrival.kind) {
        case Arrival::Kind::level_high:
            levels_ |= arrival.lines;
            staged_.cores |= all_cores();
            return;
        case Arrival::Kind::level_low:
            levels_ &= ~arrival.lines;
            return;
        case Arrival::Kind::soc_event:
            units_.soc_events.push(arrival.soc_event);
            staged_.soc_events = true;
            return;
        case Arrival::Kind::pulse:
        case Arrival::Kind::acknowledge:
            break;
    }
    staged_.cores |= arrival.cores;
    for (u32 cores = arrival.cores; cores != 0; cores &= cores - 1) {
        CoreUnit& core = units_.cores[unsigned(std::countr_zero(cores))];
        arrival.kind == Arrival::Kind::pulse ? core.raise(arrival.lines)
                                             : core.clear(arrival.lines);
    }
}

void EventNetwork::clock_edge() {
    const u32 high = levels();
    const Parts parts = std::exchange(staged_, {.cores = staged_.cores});
    clock_accelerators(parts);
    clock_cores(high);
    if (const u32 now_high = levels(); now_high != 0)
        staged_.cores = cores_that_lack(now_high);
    is_staged_ = (staged_.cores | staged_.barriers) != 0 || staged_.dispatch;
    if (is_staged_)
        on_staged_(cycle_ + 1);
}

/// What they raise goes to the cores in the same edge; what moves on by itself is staged again.
void EventNetwork::clock_accelerators(const Parts& parts) {
    for (u32 rest = parts.barriers; rest != 0; rest &= rest - 1) {
        const unsigned index = unsigned(std::countr_zero(rest));
        Barrier& barrier = units_.barriers[index];
        raise_later(barrier.clock_edge(), kBarrierLine, cycle_,
                    config_.barrier_cycles - kBarrierCycles);
        staged_.barriers |= barrier.matches() ? bit(index) : 0;
    }
    for (u32 rest = parts.mutexes; rest != 0; rest &= rest - 1)
        if (const auto owner = units_.mutexes[unsigned(std::countr_zero(rest))].clock_edge()) {
            raise_later(bit(*owner), kMutexLine, cycle_, config_.mutex_cycles - 1);
            ++activity_.mutex_locks;
        }
    if (parts.dispatch) {
        raise_later(units_.dispatch.clock_edge(), kDispatchLine, cycle_,
                    config_.dispatch_cycles - 1);
        activity_.dispatch_pops += units_.dispatch.take_pops();
        staged_.dispatch = units_.dispatch.is_moving();
    }
    if (parts.soc_events)
        activity_.lost_soc_events += units_.soc_events.clock_edge();
}

void EventNetwork::clock_cores(u32 high) {
    const u32 cores = std::exchange(staged_.cores, 0);
    visited_cores_ |= cores;
    for (u32 rest = cores; rest != 0; rest &= rest - 1)
        activity_.events +=
            count_of(units_.cores[unsigned(std::countr_zero(rest))].clock_edge(high));
}

u32 EventNetwork::levels() const {
    return levels_ | (units_.soc_events.is_empty() ? 0 : bit(kSocEventLine));
}

u32 EventNetwork::cores_that_lack(u32 high) const {
    u32 cores = 0;
    for (unsigned core = 0; core < config_.core_count; ++core)
        cores |= (high & ~units_.cores[core].buffer()) != 0 ? bit(core) : 0;
    return cores;
}

void EventNetwork::raise(u32 cores, unsigned line) {
    staged_.cores |= cores;
    for (; cores != 0; cores &= cores - 1)
        units_.cores[unsigned(std::countr_zero(cores))].raise(bit(line));
}

void EventNetwork::raise_later(u32 cores, unsigned line, Cycles edge, Cycles more) {
    if (cores == 0)
        return;
    if (more == 0)
        return raise(cores, line);
    post(edge + more - 1, {.kind = Arrival::Kind::pulse, .cores = cores, .lines = bit(line)});
    on_staged_(edge + more);
}

void EventNetwork::trigger_software_event(unsigned event, u32 targets) {
    const u32 cores = targets == 0 ? all_cores() : targets;
    stage();
    raise_later(cores, event, cycle_ + 1, config_.software_event_cycles - 1);
    activity_.software_events += count_of(cores);
}

void EventNetwork::arrive(unsigned barrier, u32 cores) {
    stage_barrier(barrier).arrive(cores);
    activity_.barrier_arrivals += count_of(cores);
}

bool EventNetwork::begin_wait(unsigned core, bool may_stop_clock) {
    return units_.cores[core].begin_wait(cycle_, may_stop_clock);
}

void EventNetwork::wake(unsigned core, bool clears) {
    stage_core(core).wake(clears);
    if (units_.dispatch.is_outstanding(core))
        stage_dispatch().acknowledge(core);
}

}  // namespace flexv::event_unit
