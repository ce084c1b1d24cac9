// SPDX-License-Identifier: Apache-2.0
#include "core/core.hpp"

#include "core/pipeline/costs.hpp"

namespace flexv::core {

Core::Core(const sc_core::sc_module_name& name, ClockDomain& clock, DecodeCache& code,
           const Config& config)
    : Module(name),
      probes{.instruction = InstructionProbe(code, &Core::execute_observed)},
      fetch_(*this, clock.timeline),
      traps_(hart_, code),
      load_store_(config.address_map),
      sequencer_(hart_, code, scoreboard_),
      ahead_(hart_, sequencer_, scoreboard_, fetch_),
      config_(config),
      clock_(clock),
      code_(code),
      counters_(hart_, now_, code.add(*this)),
      csrs_(hart_,
            {.hartid = config.hartid,
             .extensions = config.extensions,
             .mtvec_is_writable = config.mtvec_is_writable,
             .has_single_counter = config.has_single_counter,
             .performance_counters = config.performance_counters},
            &counters_),
      executes_(code.executes()) {
    clock_.timeline.add(*this);
    fetch_.join_timeline();
    interrupt_in.bind(*this);
    connect_hart();
    if (config.has_quirks)  // first, so that the others see what the hardware would show
        probes.instruction.attach(quirks_);
    counters_.add_to(*this);
}

void Core::end_of_elaboration() {
    if (fetch_out.size() != 0)
        fetch_.bind(fetch_out->fetch_port(config_.index));
    const auto bound = [](auto& port) { return port.size() != 0 ? port.operator->() : nullptr; };
    const bool is_in_cluster = config_.address_map.cluster_bytes != 0;
    load_store_.connect({.tcdm = is_in_cluster ? tcdm_out.operator->() : nullptr,
                         .event_unit = bound(event_unit_out),
                         .dma = bound(dma_out),
                         .direct = bound(direct_out),
                         .peripheral = bound(peripheral_out)});
    connect_hart();
}

void Core::connect_hart() {
    hart_.bus = this;
    hart_.csrs = &csrs_;
    hart_.window = load_store_.window_of_rows();
}

void Core::reset() {
    hart_ = {};
    connect_hart();
    static_cast<CoreState&>(*this) = {};
    sequencer_.reset();
    scoreboard_ = {};
    fetch_.reset();
    load_store_.reset();
    traps_.reset();
    counters_.reset();
    csrs_.reset(0);  // behind the counters, whose values it notes
    probes.instruction.reset();
    quirks_ = {};
}

void Core::start(Address boot_address, Cycles cycle) {
    boot_address &= ~1U;
    traps_.start(boot_address);
    csrs_.reset(boot_address);
    now_ = cycle;
    counters_.start(cycle);
    hart_.pc = boot_address;
    state_ = State::running;
    starting_ = true;
    clock_.timeline.schedule(*this, cycle);
    probes.instruction.begin();
    probes.start(cycle);
}

void Core::settle(Cycles end) {
    settle_part(end);
    if (state_ == State::sleeping)
        book_sleep(end);
}

void Core::settle_part(Cycles now) {
    if (state_ == State::waiting && now > load_store_.access().requested) {
        book_wait(now);
        load_store_.book_up_to(now);
    } else if (state_ == State::fetching && now > now_) {
        book_fetch(now - now_);
    } else if (state_ == State::sleeping && now > pipeline::kWakeUp) {
        book_sleep(now - pipeline::kWakeUp);
    } else if (state_ == State::held && now > now_) {
        drain(now - now_);
    }
}

void Core::book_sleep(Cycles until) {
    if (until <= slept_since_)
        return;
    counters_.sleep(until - slept_since_);
    tell_wait(true, slept_since_, until);
    slept_since_ = until;
}

char Core::state_letter() const {
    if (state_ == State::off)
        return '-';
    const bool waits_for_event =
        state_ == State::waiting && load_store_.access().path == DataPath::event_unit;
    return state_ == State::sleeping || waits_for_event ? 'S' : 'R';
}

std::string Core::describe_wait() const {
    switch (state_) {
        case State::off:
            return "not started (fetch enable is off)";
        case State::sleeping:
            return "wfi, waiting for an interrupt";
        case State::held:
            return "held by the debugger";
        case State::waiting:
            return load_store_.waits_for(*this);
        default:
            return "running";
    }
}

}  // namespace flexv::core
