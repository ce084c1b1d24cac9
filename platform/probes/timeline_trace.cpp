// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/timeline_trace.hpp"

#include "platform/probes/call_tracker.hpp"
#include "platform/probes/store_under_way.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace flexv::platform {

namespace {

// Processes of the picture, in the order in which they stand.
constexpr unsigned kCores = 1;
constexpr unsigned kDma = 2;
constexpr unsigned kCurves = 3;

constexpr const char* kUnnamed = "(no symbol)";

std::string hexadecimal(Address address) { return fmt::format("\"{:#010x}\"", address); }

TraceEvents::Details cycles_of(Cycles begin, Cycles end) {
    return {{"cycle", fmt::to_string(begin)}, {"cycles", fmt::to_string(end - begin)}};
}

}  // namespace

/// One core.
class TimelineTrace::CoreObserver final : public core::Observer, private CallListener {
public:
    CoreObserver(TimelineTrace& owner, core::Core& core, unsigned number)
        : owner_(owner),
          core_(core),
          view_(owner.soc_.view_of(core)),
          track_{.process = kCores, .thread = number},
          tracker_(owner.image_, *this) {
        core.probes.wait.attach([this](const core::CoreWait& wait) {
            if (wait.is_asleep)
                sleep(wait.from, wait.to);
        });
    }

    void before(const core::Execution& execution, isa::Hart& hart) override {
        if (execution.previous.slot == nullptr)
            restart(execution.entered);
        const auto access = waiting_access(execution);
        const bool was_wfi = is_wfi_;
        is_wfi_ = execution.row.timing == isa::Timing::wfi;
        now_ = execution.entered;
        if (was_wfi)
            write_sleep("wfi");
        tracker_.arrive(hart);
        if (access)
            write_sleep(access->waits_for(execution.memory->data));
        now_ = execution.cycle;
    }

    void after(const core::Execution& execution, isa::Hart& hart) override {
        if (execution.memory && !execution.memory->is_tcdm)
            follow_signals(execution);
        tracker_.leave(execution.row, execution.slot.op, hart);
    }

    void finish(Cycles end) {
        constexpr char kWaits = 'S';
        if (!sleep_ && core_.state_letter() == kWaits && now_ < end)  // too short for a sleep
            owner_.events_.slice(track_, "wait", waits_at_end(), time(now_), time(end),
                                 cycles_of(now_, end));
        now_ = std::max(now_, end);
        write_sleep(waits_at_end());
        tracker_.forget();
    }

    [[nodiscard]] const core::Core& core() const { return core_; }
    [[nodiscard]] const TraceTrack& track() const { return track_; }
    [[nodiscard]] u64 time(Cycles cycle) const {
        return owner_.nanoseconds(Cycles(owner_.soc_.cluster_cycle(core_, cycle)));
    }

private:
    struct Open {
        Cycles begin = 0;
        CallFrame frame;
    };
    struct Sleep {
        Cycles begin = 0;
        Cycles end = 0;
    };

    [[nodiscard]] std::optional<EventUnitAccess> waiting_access(
        const core::Execution& execution) const {
        if (!execution.memory || execution.memory->is_write || execution.memory->is_tcdm)
            return std::nullopt;
        return EventUnitAccess::at(view_.absolute(execution.memory->address), false);
    }

    /// The core is booked in parts where somebody looks in between.
    void sleep(Cycles from, Cycles to) {
        if (sleep_ && sleep_->end == from)
            sleep_->end = to;
        else if (!sleep_)
            sleep_ = Sleep{.begin = from, .end = to};
        else {
            write_sleep("asleep");
            sleep_ = Sleep{.begin = from, .end = to};
        }
    }

    void write_sleep(const std::string& what) {
        if (!sleep_)
            return;
        owner_.events_.slice(track_, "sleep", what, time(sleep_->begin), time(sleep_->end),
                             cycles_of(sleep_->begin, sleep_->end));
        sleep_.reset();
    }

    [[nodiscard]] std::string waits_at_end() const {
        if (is_wfi_)
            return "wfi";
        const auto access = core_.access_in_front();
        const auto wait =
            access ? EventUnitAccess::at(view_.absolute(access->address), access->is_write)
                   : std::nullopt;
        return wait ? wait->waits_for(std::nullopt) : "asleep";
    }

    void follow_signals(const core::Execution& execution) {
        const core::MemoryAccess& memory = *execution.memory;
        const auto access = EventUnitAccess::at(view_.absolute(memory.address), memory.is_write);
        if (!access)
            return;
        if (const auto object = access->signals())
            owner_.signal(*object, {.track = track_, .time = time(execution.cycle)});
        if (execution.cycle == execution.entered)
            return;
        for (const auto& other : owner_.observers_)
            if (other.get() != this)
                other->signal_store_under_way(time(execution.cycle) - 1);
        const std::vector<SyncObject> objects = access->takes(memory.data);
        for (const SyncObject& object : objects) {
            const bool is_named = std::ranges::any_of(objects, [&object](const SyncObject& other) {
                return other.kind == object.kind && other.index != SyncObject::kAll;
            });
            if (object.index != SyncObject::kAll || !is_named)
                owner_.woken(object, track_, time(execution.entered), time(execution.cycle));
        }
    }

    /// Told at `now`, in nanoseconds.
    void signal_store_under_way(u64 now) {
        const auto store = store_under_way(core_);
        const auto access =
            store ? EventUnitAccess::at(view_.absolute(store->address), true) : std::nullopt;
        const auto object = access ? access->signals() : std::nullopt;
        if (object)
            owner_.signal(*object, {.track = track_, .time = now});
    }

    void restart(Cycles now) {
        now_ = now;
        sleep_.reset();
        tracker_.forget();
        is_wfi_ = false;
    }

    void entered(const CallFrame& frame) override {
        open_.push_back({.begin = now_, .frame = frame});
    }

    void left() override {
        const Open open = open_.back();
        open_.pop_back();
        TraceEvents::Details details = cycles_of(open.begin, now_);
        if (const std::string place = owner_.call_place(open.frame.called_at); !place.empty())
            details.emplace_back("called_at", TraceEvents::quoted(place));
        const ElfImage::Symbol* const function = open.frame.function;
        owner_.events_.slice(track_, open.frame.is_handler ? "handler" : "function",
                             function == nullptr ? kUnnamed : function->name, time(open.begin),
                             time(now_), details);
    }

    TimelineTrace& owner_;
    core::Core& core_;
    const CoreView view_;
    const TraceTrack track_;
    CallTracker tracker_;
    std::vector<Open> open_;
    std::optional<Sleep> sleep_;
    Cycles now_ = 0;
    bool is_wfi_ = false;  // the instruction before
};

TimelineTrace::TimelineTrace(Soc& soc, const ElfImage& image, OutputFile& file)
    : soc_(soc),
      image_(image),
      lines_(image),
      events_(file, {{"schema", "\"flexv-timeline-1\""},
                     {"firmware", TraceEvents::quoted(image.name())}}) {
    events_.name_process(kCores, "Cores");
    events_.name_process(kDma, "DMA");
    events_.name_process(kCurves, "Cluster");
    for (core::Core* core : soc.cores()) {
        observers_.push_back(
            std::make_unique<CoreObserver>(*this, *core, unsigned(observers_.size()) + 1));
        core->probes.instruction.attach(*observers_.back());
        events_.name_track(observers_.back()->track(), short_name(*core));
    }
    for (Cluster* const cluster : soc.clusters.all()) {
        observe_dma(*cluster);
        observe_event_unit(*cluster);
    }
}

TimelineTrace::~TimelineTrace() = default;

std::string TimelineTrace::short_name(const core::Core& core) const {
    return std::string(core.name()).substr(std::string_view(soc_.name()).size() + 1);
}

u64 TimelineTrace::nanoseconds(Cycles cycle) const {
    return u64(std::llround(soc_.cluster_clocks().nanoseconds_at(cycle)));
}

/// "main.c:12", or the function where the image has no lines.
std::string TimelineTrace::call_place(Address pc) {
    const auto [found, is_new] = places_.try_emplace(pc);
    if (is_new) {
        const auto line = lines_.at(pc);
        found->second = line ? fmt::format("{}:{}", line->file, line->line) : image_.symbol_at(pc);
    }
    return found->second;
}

void TimelineTrace::observe_event_unit(Cluster& cluster) {
    const unsigned number = cluster.number();
    const unsigned first_core = number * cluster.core_count();
    cluster.event_unit.sleeping_read_probe.attach(
        [this, number, first_core](unsigned core, const event_unit::SleepingRead& read,
                                   Cycles now) {
            if (const auto object = object_of(read, number))
                signal(*object,
                       {.track = observers_[first_core + core]->track(), .time = nanoseconds(now)});
        });
}

void TimelineTrace::observe_dma(Cluster& cluster) {
    const unsigned number = cluster.number();
    cluster.dma.command_probe.attach(
        [this, number](const dma::AcceptedCommand& accepted, Cycles now) {
            begin_transfer({.cluster = number, .id = accepted.id}, accepted, now);
        });
    cluster.dma.end_probe.attach([this, number](const dma::Notice& notice, Cycles now) {
        end_transfers({.cluster = number, .id = notice.id}, now);
    });
}

void TimelineTrace::begin_transfer(const Channel& channel, const dma::AcceptedCommand& accepted,
                                   Cycles now) {
    std::vector<Transfer>& transfers = transfers_[channel];
    if (!transfers.empty() && transfers.back().end != 0)
        write_transfers(channel, now);
    transfers.push_back(
        {.command = accepted.command, .by = accepted.cause.initiator, .begin = now});
    const auto issuer = std::ranges::find_if(observers_, [&](const auto& observer) {
        return observer->core().name() == accepted.cause.initiator;
    });
    if (issuer != observers_.end())
        events_.arrow("dma", "transfer", (*issuer)->track(), nanoseconds(now), track_of(channel),
                      nanoseconds(now + 1));
}

/// A command with lines may end more than once: the last end counts.
void TimelineTrace::end_transfers(const Channel& channel, Cycles now) {
    for (Transfer& transfer : transfers_[channel])
        transfer.end = now;
    signal({.kind = SyncObject::Kind::dma, .cluster = channel.cluster},
           {.track = track_of(channel), .time = nanoseconds(now)});
}

TraceTrack TimelineTrace::track_of(const Channel& channel) {
    return {.process = kDma,
            .thread = channel.cluster * dma::TransferIds::kMaxIds + channel.id + 1};
}

void TimelineTrace::write_transfers(const Channel& channel, Cycles end) {
    const TraceTrack track = track_of(channel);
    for (const Transfer& transfer : std::exchange(transfers_[channel], {})) {
        const Cycles last = transfer.end == 0 ? end : transfer.end;
        const dma::Command& command = transfer.command;
        TraceEvents::Details details = cycles_of(transfer.begin, last);
        details.insert(details.end(), {{"bytes", std::to_string(command.length_bytes)},
                                       {"tcdm", hexadecimal(command.tcdm)},
                                       {"external", hexadecimal(command.external)},
                                       {"by", TraceEvents::quoted(transfer.by)},
                                       {"finished", transfer.end == 0 ? "false" : "true"}});
        events_.slice(
            track, "dma",
            fmt::format("{} {} bytes", command.is_receive ? "in" : "out", command.length_bytes),
            nanoseconds(transfer.begin), nanoseconds(last), details);
    }
}

void TimelineTrace::signal(const SyncObject& object, const Signal& signal) {
    signals_[object] = signal;
}

/// Of an object that stands for several the latest one.
const TimelineTrace::Signal* TimelineTrace::last_signal(const SyncObject& object) const {
    const Signal* last = nullptr;
    for (const auto& [other, signal] : signals_) {
        if (object.means(other) && (last == nullptr || signal.time >= last->time))
            last = &signal;
    }
    return last;
}

/// The core on `track`, which has waited since `since`, goes on. The arrow ends in its wait, whose
/// last nanosecond lies before `time`.
void TimelineTrace::woken(const SyncObject& object, const TraceTrack& track, u64 since, u64 time) {
    const Signal* const last = last_signal(object);
    const bool is_own = last != nullptr && last->track.process == track.process &&
                        last->track.thread == track.thread;
    if (last == nullptr || is_own || last->time < since || last->time >= time)
        return;
    const bool is_of_dma = last->track.process == kDma;
    events_.arrow(object.kind == SyncObject::Kind::barrier ? "barrier" : "event", object.name(),
                  last->track, is_of_dma ? last->time - 1 : last->time, track, time - 1);
}

void TimelineTrace::add(const PowerWindow& window, u64 conflicts) {
    if (window.cycles() == 0)
        return;
    const u64 begin = nanoseconds(window.begin);
    events_.value(kCurves, "power", "mW", begin, window.mean_mw(window.bill.total));
    events_.value(kCurves, "bank conflicts", "a cycle", begin,
                  double(conflicts - conflicts_) / double(window.cycles()));
    conflicts_ = conflicts;
}

void TimelineTrace::finish(Cycles end) {
    for (const auto& observer : observers_) {
        const core::Core& core = observer->core();
        const bool is_outside = soc_.fabric_controller && &core == &soc_.fabric_controller->core;
        observer->finish(is_outside ? core.clock().timeline.now() : end);
    }
    for (const auto& [channel, transfers] : transfers_) {
        const std::string cluster =
            channel.cluster == 0 ? "" : fmt::format("cluster{} ", channel.cluster);
        events_.name_track(track_of(channel), fmt::format("{}channel {}", cluster, channel.id));
        write_transfers(channel, end);
    }
    events_.finish();
}

}  // namespace flexv::platform
