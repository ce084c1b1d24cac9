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

Units& EventNetwork::stage() {
    is_staged_ = true;
    on_staged_(cycle_ + 1);
    return units_;
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
            return;
        case Arrival::Kind::level_low:
            levels_ &= ~arrival.lines;
            return;
        case Arrival::Kind::soc_event:
            units_.soc_events.push(arrival.soc_event);
            return;
        case Arrival::Kind::pulse:
        case Arrival::Kind::acknowledge:
            break;
    }
    for (u32 cores = arrival.cores; cores != 0; cores &= cores - 1) {
        CoreUnit& core = units_.cores[unsigned(std::countr_zero(cores))];
        arrival.kind == Arrival::Kind::pulse ? core.raise(arrival.lines)
                                             : core.clear(arrival.lines);
    }
}

void EventNetwork::clock_edge() {
    const u32 high = levels();
    clock_accelerators();
    activity_.lost_soc_events += units_.soc_events.clock_edge();
    for (CoreUnit& core : units_.cores)
        activity_.events += unsigned(std::popcount(core.clock_edge(high)));
    is_staged_ = moves_by_itself();
    if (is_staged_)
        on_staged_(cycle_ + 1);
}

void EventNetwork::clock_accelerators() {
    for (Barrier& barrier : units_.barriers)
        raise_later(barrier.clock_edge(), kBarrierLine, cycle_,
                    config_.barrier_cycles - kBarrierCycles);
    for (Mutex& mutex : units_.mutexes)
        if (const auto owner = mutex.clock_edge()) {
            raise_later(bit(*owner), kMutexLine, cycle_, config_.mutex_cycles - 1);
            ++activity_.mutex_locks;
        }
    raise_later(units_.dispatch.clock_edge(), kDispatchLine, cycle_, config_.dispatch_cycles - 1);
    activity_.dispatch_pops += units_.dispatch.take_pops();
}

u32 EventNetwork::levels() const {
    return levels_ | (units_.soc_events.is_empty() ? 0 : bit(kSocEventLine));
}

bool EventNetwork::moves_by_itself() const {
    const auto lacks_level = [high = levels()](const CoreUnit& core) {
        return (high & ~core.buffer()) != 0;
    };
    return std::ranges::any_of(units_.cores, lacks_level) ||
           std::ranges::any_of(units_.barriers, &Barrier::matches) || units_.dispatch.is_moving();
}

void EventNetwork::raise(u32 cores, unsigned line) {
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
    activity_.software_events += unsigned(std::popcount(cores));
}

void EventNetwork::arrive(unsigned barrier, u32 cores) {
    stage().barriers[barrier].arrive(cores);
    activity_.barrier_arrivals += unsigned(std::popcount(cores));
}

bool EventNetwork::begin_wait(unsigned core, bool may_stop_clock) {
    return units_.cores[core].begin_wait(cycle_, may_stop_clock);
}

void EventNetwork::wake(unsigned core, bool clears) {
    Units& units = stage();
    units.cores[core].wake(clears);
    units.dispatch.acknowledge(core);
}

}  // namespace flexv::event_unit
