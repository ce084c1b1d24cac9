// SPDX-License-Identifier: Apache-2.0
// What `--timeline` shows: of each core the functions that it was in and what it slept for, of each
// DMA channel its transfers, who woke whom, and power and bank conflicts over time. Looks on only:
// a run with it takes the same cycles.
#pragma once

#include "platform/firmware/elf.hpp"
#include "platform/firmware/source_lines.hpp"
#include "platform/probes/power_meter.hpp"
#include "platform/probes/synchronisation.hpp"
#include "platform/probes/trace_events.hpp"
#include "platform/system/soc.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

class TimelineTrace {
public:
    /// Observes all cores, DMAs and event units of `soc`, which are not started yet. `soc`, `image`
    /// and `file` outlive it; the owner of the file commits it behind finish().
    TimelineTrace(Soc& soc, const ElfImage& image, OutputFile& file);
    ~TimelineTrace();
    TimelineTrace(const TimelineTrace&) = delete;
    TimelineTrace& operator=(const TimelineTrace&) = delete;

    /// A window of the curves is over; `conflicts` are those of the TCDM's banks since the start.
    void add(const PowerWindow& window, u64 conflicts);
    /// The run has ended before cycle `end`.
    void finish(Cycles end);

private:
    class CoreObserver;

    /// Where something has happened that others wait for.
    struct Signal {
        TraceTrack track;
        u64 time = 0;  // ns
    };
    /// Of a DMA: its identifier.
    struct Channel {
        unsigned cluster = 0;
        unsigned id = 0;

        auto operator<=>(const Channel&) const = default;
    };
    /// A DMA command on its way, or done and not written yet.
    struct Transfer {
        dma::Command command;
        std::string by;
        Cycles begin = 0;
        Cycles end = 0;  // 0: on its way
    };

    void observe_dma(Cluster& cluster);
    void observe_event_unit(Cluster& cluster);
    void begin_transfer(const Channel& channel, const dma::AcceptedCommand& accepted, Cycles now);
    void end_transfers(const Channel& channel, Cycles now);
    void write_transfers(const Channel& channel, Cycles end);
    [[nodiscard]] static TraceTrack track_of(const Channel& channel);
    void signal(const SyncObject& object, const Signal& signal);
    void woken(const SyncObject& object, const TraceTrack& track, u64 since, u64 time);
    [[nodiscard]] const Signal* last_signal(const SyncObject& object) const;
    [[nodiscard]] std::string call_place(Address pc);
    [[nodiscard]] u64 nanoseconds(Cycles cycle) const;
    [[nodiscard]] std::string short_name(const core::Core& core) const;

    Soc& soc_;
    const ElfImage& image_;
    const SourceLines lines_;
    TraceEvents events_;
    std::vector<std::unique_ptr<CoreObserver>> observers_;
    std::map<Channel, std::vector<Transfer>> transfers_;
    std::map<SyncObject, Signal> signals_;  // the last of each
    std::map<Address, std::string> places_;
    u64 conflicts_ = 0;
};

}  // namespace flexv::platform
