// SPDX-License-Identifier: Apache-2.0
#include "event_unit/event_unit.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace flexv::event_unit {

namespace {

constexpr u32 kInterCluster = 0x780;

void check_range(const char* name, const char* parameter, unsigned value, unsigned limit) {
    if (value < 1 || value > limit)
        throw UserError("{}: {} = {}: must be 1..{}", name, parameter, value, limit);
}

void check_latency(const char* name, const char* parameter, Cycles value, Cycles least) {
    if (value < least)
        throw UserError("{}: {} = {}: must be at least {}", name, parameter, value, least);
}

const Config& checked(const char* name, const Config& config) {
    check_range(name, "core_count", config.core_count, 16);
    check_range(name, "barrier_count", config.barrier_count, 16);
    check_range(name, "mutex_count", config.mutex_count, 8);
    check_range(name, "dispatch_depth", config.dispatch_depth, 1024);
    check_range(name, "soc_event_depth", config.soc_event_depth, 1024);
    check_latency(name, "barrier_cycles", config.barrier_cycles, 2);
    check_latency(name, "mutex_cycles", config.mutex_cycles, 1);
    check_latency(name, "dispatch_cycles", config.dispatch_cycles, 1);
    check_latency(name, "software_event_cycles", config.software_event_cycles, 1);
    return config;
}

}  // namespace

EventUnit::EventUnit(const sc_core::sc_module_name& module_name, ClockDomain& clock,
                     const Config& config)
    : Module(module_name),
      interrupt_out("interrupt_out", config.core_count),
      config_(checked(name(), config)),
      clock_(clock),
      network_(config_, [this](Cycles edge) { clock_.timeline.schedule(*this, edge); }),
      registers_(*this, network_, clock),
      pending_(config_.core_count),
      interrupts_(config_.core_count) {
    clock_.timeline.add(*this);
    core_in.bind(core_port_);
    peripheral_in.bind(peripheral_port_);
    interrupt_ack_in.bind(*this);
    bus_in.register_b_transport(this, &EventUnit::b_transport);
    bus_in.register_transport_dbg(this, &EventUnit::transport_dbg);

    add_counter_of(&Activity::events, "events", "event buffer bits that became 1");
    add_counter_of(&Activity::barrier_arrivals, "barrier_arrivals",
                   "cores marked as arrived at a barrier");
    add_counter_of(&Activity::software_events, "software_events",
                   "software events, one for each target core");
    add_counter_of(&Activity::mutex_locks, "mutex_locks", "times that a core became owner");
    add_counter_of(&Activity::dispatch_pops, "dispatch_pops", "words taken from the dispatch FIFO");
}

void EventUnit::add_counter_of(u64 Activity::*count, std::string counter_name, std::string doc) {
    add_counter({.name = std::move(counter_name), .doc = std::move(doc), .value = [this, count] {
                     return network_.activity().*count;
                 }});
}

void EventUnit::reset() {
    const Cycles now = clock_.timeline.now();
    network_.reset();
    registers_.core_view.reset();
    registers_.global_view.reset();
    waiting_ = polled_again_ = 0;
    for (unsigned core = 0; core < config_.core_count; ++core) {
        pending_[core] = {};
        drive_interrupt(core, now);
    }
}

/// The wait behind a read follows from its address.
void EventUnit::serialize(StateArchive& archive) {
    archive(network_, registers_.core_view, registers_.global_view);
    for (Pending& pending : pending_) {
        bool is_sleeping = pending.read != nullptr;
        archive(pending.initiator, pending.request, pending.not_before, is_sleeping);
        pending.read =
            is_sleeping
                ? registers_.sleeping_read(pending.request.address % Registers::kCoreViewBytes)
                : nullptr;
    }
    archive(waiting_, polled_again_, interrupts_, lost_soc_events_, soc_event_cause_);
}

void EventUnit::post(Cycles cycle, const Arrival& arrival) {
    FLEXV_ASSERT((arrival.lines & ~kWiredLines) == 0, "the line is not tied to 0 in the cluster");
    FLEXV_ASSERT((arrival.cores & ~network_.all_cores()) == 0, "the core exists");
    const Cycles seen = std::max(cycle, clock_.timeline.now());
    network_.post(seen, arrival);
    clock_.timeline.schedule(*this, seen + 1);
}

void EventUnit::event(unsigned core, unsigned line, Cycles cycle) {
    post(cycle, {.kind = Arrival::Kind::pulse, .cores = bit(core), .lines = bit(line)});
}

void EventUnit::event_all(unsigned line, Cycles cycle) {
    post(cycle, {.kind = Arrival::Kind::pulse, .cores = network_.all_cores(), .lines = bit(line)});
}

void EventUnit::level(unsigned line, bool is_high, Cycles cycle) {
    post(cycle, {.kind = is_high ? Arrival::Kind::level_high : Arrival::Kind::level_low,
                 .lines = bit(line)});
}

void EventUnit::soc_event(u8 id, Cycles cycle) {
    soc_event_cause_ = Log::cause();
    post(cycle, {.kind = Arrival::Kind::soc_event, .soc_event = id});
}

void EventUnit::acknowledge(unsigned core, unsigned id, Cycles now) {
    post(now, {.kind = Arrival::Kind::acknowledge, .cores = bit(core), .lines = bit(id)});
}

void EventUnit::CorePort::request(DataInitiator& initiator, const DataRequest& request,
                                  Cycles now) {
    const unsigned core = initiator.port();
    FLEXV_ASSERT(core < unit.config_.core_count, "the demux port serves the cores of the cluster");
    Pending& pending = unit.pending_[core];
    FLEXV_ASSERT(pending.initiator == nullptr, "a core has one request in flight");
    pending.initiator = &initiator;
    pending.request = request;
    unit.waiting_ |= bit(core);
    if (now < pending.not_before)
        unit.clock_.timeline.schedule(unit, pending.not_before);
    else
        unit.begin_access(core, now);
}

void EventUnit::CorePort::cancel(DataInitiator& initiator, Cycles /*now*/) {
    unit.end_request(initiator.port());
    unit.pending_[initiator.port()].read = nullptr;
    unit.network_.end_wait(initiator.port());
}

std::string EventUnit::CorePort::waits_for(const DataInitiator& initiator) const {
    const Pending& pending = unit.pending_[initiator.port()];
    return pending.read == nullptr ? "nothing"
                                   : pending.read->describe(unit.network_, initiator.port());
}

void EventUnit::begin_access(unsigned core, Cycles now) {
    Pending& pending = pending_[core];
    const DataRequest request = pending.request;
    const u32 offset = request.address % Registers::kCoreViewBytes;
    network_.advance(now);
    ++accesses_;
    pending.read = request.is_write ? nullptr : registers_.sleeping_read(offset);
    if (pending.read != nullptr)
        return begin_sleeping(core, now);

    const bool is_ignored = request.is_write && Registers::is_hole(offset);
    if (!request.is_write && Registers::reads_masked_buffer(offset))
        return grant(core, now, network_.units().cores[core].wake_lines());
    if (is_ignored)
        return grant(core, now, 0);
    registers_.core_view.request(end_request(core), request, now);
}

/// Whoever has asked for `core`; it is answered, and may ask anew.
DataInitiator& EventUnit::end_request(unsigned core) {
    waiting_ &= ~bit(core);
    polled_again_ &= ~bit(core);
    return *std::exchange(pending_[core].initiator, nullptr);
}

void EventUnit::begin_sleeping(unsigned core, Cycles now) {
    const Pending& pending = pending_[core];
    drive_interrupt(core, now);  // what the core sees behind a grant in this cycle
    if (network_.begin_wait(core, pending.request.is_event_load)) {
        pending.read->begin(network_, core);
        sleeping_read_probe(core, *pending.read, now);
    }
    poll(core, now);
    if (pending.initiator != nullptr)
        ++sleeping_waits_;
}

/// Looks whether the sleeping read of `core` is granted in this cycle.
void EventUnit::poll(unsigned core, Cycles now) {
    const SleepingRead& read = *pending_[core].read;
    switch (network_.poll(core)) {
        case CoreUnit::Wake::no:
            return;
        case CoreUnit::Wake::next_cycle:
            polled_again_ |= bit(core);
            clock_.timeline.schedule(*this, now + 1);
            return;
        case CoreUnit::Wake::fall_through:
            network_.end_wait(core);
            return grant(core, now, network_.units().cores[core].wake_lines());
        case CoreUnit::Wake::event:
            break;
    }
    const u32 data = read.value(network_, core);
    network_.wake(core, read.clears);
    if (read.clears)
        pending_[core].not_before = now + 2;
    grant(core, now, data);
}

void EventUnit::grant(unsigned core, Cycles now, u32 data) {
    Pending& pending = pending_[core];
    pending.read = nullptr;
    const unsigned skipped = 8 * (pending.request.address % 4);
    end_request(core).granted(now, data >> skipped);
}

void EventUnit::act(Cycles now) {
    network_.advance(now);
    if (const u64 lost = network_.activity().lost_soc_events; lost != lost_soc_events_) {
        const Log::Scope about(soc_event_cause_, &clock_, now);
        log_.warn("SoC event FIFO is full ({} ids): {} lost; read SOC_EVENT_FIFO more often",
                  config_.soc_event_depth, lost - std::exchange(lost_soc_events_, lost));
    }
    if (lines_probe.is_attached())
        tell_lines(now);
    const u32 visited = network_.take_visited_cores();
    for (u32 rest = visited; rest != 0; rest &= rest - 1)
        drive_interrupt(unsigned(std::countr_zero(rest)), now);
    const u32 polled = visited | std::exchange(polled_again_, 0);
    for (u32 rest = waiting_; rest != 0; rest &= rest - 1) {
        const unsigned core = unsigned(std::countr_zero(rest));
        const Pending& pending = pending_[core];
        if (pending.read == nullptr)
            begin_held_access(core, now);
        else if ((polled & bit(core)) != 0)
            poll(core, now);
    }
}

/// Behind a clearing wait the next access of the core is looked at a cycle later.
void EventUnit::begin_held_access(unsigned core, Cycles now) {
    if (now >= pending_[core].not_before)
        begin_access(core, now);
}

void EventUnit::tell_lines(Cycles now) {
    told_lines_.resize(config_.core_count);
    for (unsigned core = 0; core < config_.core_count; ++core)
        if (const u32 lines = network_.units().cores[core].buffer(); lines != told_lines_[core])
            lines_probe(core, told_lines_[core] = lines, now);
}

/// The request line is a flip-flop behind the buffer: what is pending now shows one cycle later,
/// while the id is that of the present cycle.
void EventUnit::drive_interrupt(unsigned core, Cycles now) {
    InterruptLine& line = interrupts_[core];
    const CoreUnit& unit = network_.units().cores[core];
    const u32 lines = unit.interrupt_lines();
    const bool is_asserted = lines != 0;
    const unsigned id = is_asserted ? 31 - unsigned(std::countl_zero(lines)) : 0;
    const bool has_changed = is_asserted != line.is_asserted || id != line.id;
    line.is_asserted = is_asserted;
    line.id = id;
    if (has_changed && interrupt_out[core].size() > 0)
        interrupt_out[core]->interrupt(now + 1, is_asserted, id);
}

void EventUnit::PeripheralPort::request(DataInitiator& initiator, const DataRequest& request,
                                        Cycles now) {
    const u32 offset = request.address % Registers::kGlobalViewBytes;
    unit.network_.advance(now);
    if (offset >= kInterCluster) {
        initiator.refused(now, fmt::format("{}: inter-cluster events at offset 0x{:x} are never "
                                           "granted by the hardware; use SOC_EVENT_FIFO at 0x700",
                                           unit.name(), offset));
        return;
    }
    ++unit.accesses_;
    unit.registers_.global_view.request(initiator, request, now);
}

void EventUnit::PeripheralPort::cancel(DataInitiator& initiator, Cycles now) {
    unit.registers_.global_view.cancel(initiator, now);
}

std::string EventUnit::PeripheralPort::waits_for(const DataInitiator& initiator) const {
    return unit.registers_.global_view.waits_for(initiator);
}

Cycles EventUnit::PeripheralPort::latency_cycles() const {
    return unit.registers_.global_view.latency_cycles();
}

void EventUnit::b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    network_.advance(clock_.timeline.now());
    registers_.global_view.b_transport(trans, delay);
    network_.settle();
    if (trans.is_response_ok())
        ++accesses_;
}

unsigned EventUnit::transport_dbg(tlm::tlm_generic_payload& trans) {
    network_.advance(clock_.timeline.now());
    return registers_.global_view.transport_dbg(trans);
}

}  // namespace flexv::event_unit
