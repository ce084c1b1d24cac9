// SPDX-License-Identifier: Apache-2.0
#include "event_unit/sleeping_read.hpp"

#include <fmt/format.h>

#include <bit>

namespace flexv::event_unit {

namespace {

/// "8 (DMA)", as docs/spec/cluster.md 5.11 wires the lines.
std::string describe_line(unsigned line) {
    if (line < kSoftwareEvents)
        return fmt::format("{} (software event)", line);
    switch (line) {
        case kDmaLine:
            return fmt::format("{} (DMA event)", line);
        case kDmaLine + 1:
            return fmt::format("{} (DMA interrupt)", line);
        case kTimerLowLine:
        case kTimerHighLine:
            return fmt::format("{} (timer)", line);
        case kBarrierLine:
            return fmt::format("{} (barrier)", line);
        case kMutexLine:
            return fmt::format("{} (mutex)", line);
        case kDispatchLine:
            return fmt::format("{} (dispatch)", line);
        case kSocEventLine:
            return fmt::format("{} (SoC event)", line);
        case kAcceleratorLine:
        case kAcceleratorLine + 1:
            return fmt::format("{} (accelerator, of which this cluster has none)", line);
        default:
            return fmt::format("{} (nothing drives it)", line);
    }
}

std::string describe_barrier(const Barrier& barrier, unsigned index) {
    const u32 expected = barrier.trigger_mask.now;
    if (expected == 0)
        return fmt::format("barrier {} (its TRIGGER_MASK is 0, so it never fires)", index);
    const u32 stray = barrier.status() & ~expected;
    const std::string blocked =
        stray == 0 ? ""
                   : fmt::format(", blocked by the arrival of {}, which TRIGGER_MASK lacks",
                                 list_of(stray));
    return fmt::format("barrier {} (arrived: cores {}, missing: {}{})", index,
                       list_of(barrier.status()), list_of(expected & ~barrier.status()), blocked);
}

std::string describe_mutex(const Mutex& mutex, unsigned index) {
    if (!mutex.owner())
        return fmt::format("mutex {} (free)", index);
    return fmt::format("mutex {} (held by core {}, waiting: cores {})", index, *mutex.owner(),
                       list_of(mutex.waiting()));
}

}  // namespace

std::string describe_lines(u32 lines) {
    constexpr int kMany = 6;
    if (std::popcount(lines) > kMany)
        return fmt::format("any line of 0x{:08x}", lines);
    std::string text;
    for (unsigned line = 0; line < 32; ++line)
        if ((lines & bit(line)) != 0)
            text += (text.empty() ? "" : ", ") + describe_line(line);
    return (std::popcount(lines) == 1 ? "line " : "lines ") + text;
}

void SleepingRead::begin(EventNetwork& network, unsigned core) const {
    switch (kind) {
        case Kind::event:
            break;
        case Kind::software_event:
            network.trigger_software_event(index, network.units().cores[core].software_mask.now);
            break;
        case Kind::barrier:
            network.arrive(index, bit(core));
            break;
        case Kind::mutex:
            network.stage_mutex(index).request(core);
            break;
        case Kind::dispatch:
            network.stage_dispatch().request(core);
            break;
    }
}

u32 SleepingRead::value(const EventNetwork& network, unsigned core) const {
    const Units& units = network.units();
    switch (kind) {
        case Kind::mutex:
            return units.mutexes[index].message();
        case Kind::dispatch:
            return units.dispatch.word(core);
        default:
            return units.cores[core].wake_lines();
    }
}

std::optional<unsigned> SleepingRead::line() const {
    switch (kind) {
        case Kind::barrier:
            return kBarrierLine;
        case Kind::mutex:
            return kMutexLine;
        case Kind::dispatch:
            return kDispatchLine;
        case Kind::event:
        case Kind::software_event:
            break;
    }
    return std::nullopt;
}

std::string SleepingRead::describe(const EventNetwork& network, unsigned core) const {
    const CoreUnit& unit = network.units().cores[core];
    std::string text = describe_unit(network, core);
    if (line() && (unit.event_mask.now & bit(*line())) == 0)
        text += fmt::format("; line {} is not in EVT_MASK 0x{:08x}, so it cannot wake core {}",
                            *line(), unit.event_mask.now, core);
    return text;
}

std::string SleepingRead::name() const {
    if (kind == Kind::barrier)
        return fmt::format("barrier {}", index);
    return kind == Kind::mutex ? fmt::format("mutex {}", index) : "";
}

u32 SleepingRead::awaited_cores(const EventNetwork& network) const {
    const Units& units = network.units();
    if (kind == Kind::barrier) {
        const Barrier& barrier = units.barriers[index];
        return barrier.trigger_mask.now & ~barrier.status();
    }
    const auto owner = kind == Kind::mutex ? units.mutexes[index].owner() : std::nullopt;
    return owner ? bit(*owner) : 0;
}

std::string SleepingRead::describe_unit(const EventNetwork& network, unsigned core) const {
    const Units& units = network.units();
    const CoreUnit& unit = units.cores[core];
    switch (kind) {
        case Kind::barrier:
            return describe_barrier(units.barriers[index], index);
        case Kind::mutex:
            return describe_mutex(units.mutexes[index], index);
        case Kind::dispatch:
            return units.dispatch.is_ready(core) ? "dispatch (word ready)"
                                                 : "dispatch (queue empty)";
        case Kind::software_event:
            if (unit.event_mask.now == 0)
                break;
            return fmt::format("event on {} after software event {} (buffer 0x{:08x})",
                               describe_lines(unit.event_mask.now), index, unit.buffer());
        case Kind::event:
            break;
    }
    if (unit.event_mask.now == 0)
        return "event (EVT_MASK is 0, so it sleeps for ever)";
    return fmt::format("event on {} (buffer 0x{:08x})", describe_lines(unit.event_mask.now),
                       unit.buffer());
}

}  // namespace flexv::event_unit
