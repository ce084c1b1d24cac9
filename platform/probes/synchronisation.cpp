// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/synchronisation.hpp"

#include "event_unit/event_lines.hpp"
#include "platform/system/memory_map.hpp"

#include <fmt/format.h>

namespace flexv::platform {

namespace {

using Kind = SyncObject::Kind;

// Views: docs/spec/cluster.md 2.1; registers of a core's view: 5.2 to 5.6.
constexpr unsigned kGlobalSlot = 2;
constexpr unsigned kCoreSlot = 16;
constexpr u32 kCoreViewBytes = 0x400;
constexpr u32 kGlobalViewBytes = 0x800;
constexpr u32 kBuffer = 0x1C;  // EVT_BUFFER and its two masked forms
constexpr u32 kBufferFormsBytes = 12;
constexpr u32 kEventWait = 0x38;  // and EVENT_WAIT_CLEAR, then words that read as the buffer
constexpr u32 kEventWaitBytes = 0x48;
constexpr u32 kDispatch = 0x80;
constexpr u32 kMutex = 0xC0;
constexpr u32 kAcceleratorBytes = 0x40;
constexpr u32 kTrigger = 0x100;  // of software events
constexpr u32 kTriggerBytes = 0x20;
constexpr u32 kTriggerWait = 0x140;  // and with CLEAR at +0x40
constexpr u32 kTriggerWaitBytes = 0x80;
constexpr u32 kBarriers = 0x200;
constexpr u32 kBarrierBytes = 0x20;
constexpr u32 kBarrierStatus = 0x04;
constexpr u32 kBarrierTrigger = 0x10;
constexpr u32 kBarrierTriggerSelf = 0x14;

// The global view: windows of the cores, then barriers and triggers at other places.
constexpr u32 kGlobalCores = 0x400;
constexpr u32 kGlobalCoreBytes = 0x40;
constexpr u32 kGlobalTrigger = 0x600;
constexpr u32 kNowhere = 0xFFFF'FFFF;

/// The same register in the view of a core.
u32 from_global(u32 offset) {
    if (offset < kGlobalCores)
        return offset % kGlobalCoreBytes;
    if (offset < kGlobalTrigger)
        return kBarriers + (offset - kGlobalCores);
    return offset < kGlobalTrigger + kTriggerBytes ? kTrigger + (offset - kGlobalTrigger)
                                                   : kNowhere;
}

SyncObject object_of_line(unsigned line, unsigned cluster) {
    if (line < event_unit::kSoftwareEvents)
        return {Kind::software_event, line, cluster};
    switch (line) {
        case event_unit::kDmaLine:
        case event_unit::kDmaLine + 1:
            return {Kind::dma, 0, cluster};
        case event_unit::kBarrierLine:
            return {Kind::barrier, SyncObject::kAll, cluster};
        case event_unit::kMutexLine:
            return {Kind::mutex, SyncObject::kAll, cluster};
        case event_unit::kDispatchLine:
            return {Kind::dispatch, 0, cluster};
        default:
            return {Kind::device, SyncObject::kAll};
    }
}

}  // namespace

std::string SyncObject::name() const {
    const std::string number = index == kAll ? "" : fmt::format(" {}", index);
    switch (kind) {
        case Kind::software_event:
            return "software event" + number;
        case Kind::dma:
            return "DMA";
        case Kind::barrier:
            return "barrier" + number;
        case Kind::mutex:
            return "mutex" + number;
        case Kind::dispatch:
            return "dispatch";
        case Kind::word:
            return fmt::format("word {:#010x}", index);
        case Kind::device:
            return "device";
    }
    return {};
}

std::optional<SyncObject> object_of(const event_unit::SleepingRead& read, unsigned cluster) {
    using enum event_unit::SleepingRead::Kind;
    switch (read.kind) {
        case software_event:
            return SyncObject{Kind::software_event, read.index, cluster};
        case barrier:
            return SyncObject{Kind::barrier, read.index, cluster};
        case event:
        case mutex:  // who queues for the lock, or for a word, gives nothing
        case dispatch:
            break;
    }
    return std::nullopt;
}

std::vector<SyncObject> objects_of_lines(u32 mask, unsigned cluster) {
    std::vector<SyncObject> objects;
    for (unsigned line = 0; line < 32; ++line)
        if ((mask >> line & 1) != 0)
            objects.push_back(object_of_line(line, cluster));
    return objects;
}

std::optional<EventUnitAccess> EventUnitAccess::at(Address address, bool is_write) {
    const std::optional<unsigned> cluster = memory_map::cluster_at(address);
    if (!cluster)
        return std::nullopt;
    const Address place = memory_map::in_first_cluster(address);
    const Address in_core = place - memory_map::slots(kCoreSlot, 1).base;
    const Address in_global = place - memory_map::slots(kGlobalSlot, 1).base;
    if (in_core < kCoreViewBytes)
        return EventUnitAccess(in_core, is_write, *cluster);
    if (in_global < kGlobalViewBytes)
        return EventUnitAccess(from_global(in_global), is_write, *cluster);
    return std::nullopt;
}

std::optional<SyncObject> EventUnitAccess::signals() const {
    if (is_write_ && is_in(kTrigger, kTriggerBytes))
        return object(Kind::software_event, (offset_ - kTrigger) / 4);
    if (is_write_ && is_in(kMutex, kAcceleratorBytes))
        return object(Kind::mutex, (offset_ - kMutex) / 4);
    if (is_write_ && is_in(kDispatch, kAcceleratorBytes))
        return object(Kind::dispatch);
    if (offset_ < kBarriers || offset_ == kNowhere)
        return std::nullopt;
    const u32 place = offset_ % kBarrierBytes & ~3U;
    if (place == (is_write_ ? kBarrierTrigger : kBarrierTriggerSelf))
        return object(Kind::barrier, (offset_ - kBarriers) / kBarrierBytes);
    return std::nullopt;
}

std::vector<SyncObject> EventUnitAccess::takes(u32 data) const {
    if (is_write_)
        return {};
    if (offset_ == kNowhere)  // the FIFO of SoC events
        return {{Kind::device, SyncObject::kAll}};
    if (is_in(kBuffer, kBufferFormsBytes) || is_in(kEventWait, kEventWaitBytes) ||
        is_in(kTrigger, kTriggerBytes) || is_in(kTriggerWait, kTriggerWaitBytes))
        return objects_of_lines(data, cluster_);
    if (is_in(kMutex, kAcceleratorBytes))
        return {object(Kind::mutex, (offset_ - kMutex) / 4)};
    if (is_in(kDispatch, kAcceleratorBytes))
        return {object(Kind::dispatch)};
    if (offset_ < kBarriers)
        return {};
    const u32 place = offset_ % kBarrierBytes & ~3U;
    if (place == kBarrierStatus || place >= kBarrierTriggerSelf) {
        std::vector<SyncObject> objects =
            objects_of_lines(place == kBarrierStatus ? 0 : data, cluster_);
        objects.push_back(object(Kind::barrier, (offset_ - kBarriers) / kBarrierBytes));
        return objects;
    }
    return {};
}

std::string EventUnitAccess::waits_for(std::optional<u32> data) const {
    if (is_in(kMutex, kAcceleratorBytes))
        return object(Kind::mutex, (offset_ - kMutex) / 4).name();
    if (is_in(kDispatch, kAcceleratorBytes))
        return "dispatch";
    if (offset_ >= kBarriers && offset_ != kNowhere)
        return object(Kind::barrier, (offset_ - kBarriers) / kBarrierBytes).name();
    const std::string event =
        is_in(kTriggerWait, kTriggerWaitBytes)
            ? fmt::format("event after software event {}", (offset_ - kTriggerWait) % 0x40 / 4)
            : "event";
    return data && *data != 0 ? event + ": " + event_unit::describe_lines(*data) : event;
}

}  // namespace flexv::platform
