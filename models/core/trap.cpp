// SPDX-License-Identifier: Apache-2.0
// Exceptions, interrupts and sleep in time (docs/spec/isa.md section 5): what the trap unit decides
// empties the pipeline. Traps that no firmware handles become faults.
#include "core/core.hpp"
#include "core/pipeline/costs.hpp"

namespace flexv::core {

/// The platform sees traps and faults, so they take their place in the cycle order.
void Core::raise(const isa::Trap& trap) {
    trap_ = trap;
    schedule(State::trapping);
}

void Core::raise(const Fault& fault) {
    if (now_ <= clock_.timeline.now())
        throw fault;
    fault_ = std::make_unique<Fault>(fault);
    schedule(State::faulting);
}

void Core::take_trap() {
    const isa::Trap trap = trap_;
    const std::string what =
        traps_.describe(trap, sequencer_.mode(), config_.extensions, config_.isa_setting);
    if (!traps_.has_handler())
        fault(fmt::format("{}, and no handler: the vector at {:#010x} is not a jump to code", what,
                          hart_.mtvec));
    probes.trap(what, hart_.pc);
    if (trap.cause != isa::Cause::illegal_instruction) {
        counters_.instructions.add(sequencer_.front().row);
    } else {
        counters_.stall(Stall::flush, 1);  // takes its slot, but does not retire
    }
    fetch_.give_up_current();
    const Cycles sent = pipeline::flushed(decoded_, now_);
    ++now_;
    const Address from = hart_.pc;
    traps_.enter_vector(from, u32(trap.cause), 0);
    flush_to(hart_.pc, sent, from);
    run();
}

/// With interrupts enabled. True when the instruction in front is another one now, or nearer;
/// otherwise `horizon` comes down to the cycle in which the core has to look again.
bool Core::heed_interrupt(Cycles& horizon) {
    // Whoever acts in cycle t raises the line in t + 1 at the earliest, and that concerns what
    // would enter EX in t + 3. Hazards may hold an instruction for a cycle in decode, directly
    // behind a load for two.
    const Cycles next = clock_.timeline.next_act_beside(*this);
    if (next != kNever)
        horizon = std::min(horizon, next + Cycles{scoreboard_.is_late() ? 1U : 2U});
    if (!traps_.has_request())
        return false;
    if (clear_obstacle())
        return true;
    const Cycles seen = traps_.concerns_from();
    if (now_ + scoreboard_.wait_in_decode(sequencer_.front(), now_) < seen) {
        // Behind the next instruction at the latest: the one after it may wait in decode.
        horizon = std::min(horizon, std::max(now_ + 1, seen - 1));
        return false;
    }
    if (now_ > clock_.timeline.now()) {
        horizon = now_;  // the line may yet fall
        return false;
    }
    decide_on_interrupt();
    return true;
}

void Core::decide_on_interrupt() {
    const TrapUnit::Decision decision = traps_.decide(fetch_.decoded());
    if (decision.is_taken)
        return take_interrupt(decision.cycle);
    const Cycles lost = std::max(now_, decision.cycle) - now_;
    counters_.stall(Stall::flush, lost);
    now_ += lost;
    if (lost != 0)
        scoreboard_.deliver();
}

/// In cycle `taken` the fetch stage is sent to the vector. What holds EX delays its first
/// instruction no more than any other (irq_20, z_irq_elw).
void Core::take_interrupt(Cycles taken) {
    const unsigned id = traps_.id();
    const Address from = hart_.pc;
    fetch_.give_up_current();
    scoreboard_.forget_fetch_gap();
    traps_.enter_vector(from, 0x8000'0000U | id, id);
    if (interrupt_ack_out.size() != 0)
        interrupt_ack_out->acknowledge(config_.index, id, taken);
    flush_to(hart_.pc, taken, from);
}

/// An access is granted in cycle `now`.
bool Core::ends_in_interrupt(Cycles now) {
    return sequencer_.front().timing == isa::Timing::event_load &&
           traps_.takes_behind_event_load(now);
}

/// The event unit has granted a p.elw only because of the interrupt: it leaves EX, the interrupt is
/// taken, and mret leads back to it (docs/spec/state_machines.md 1.2).
void Core::replay_event_load() {
    const Slot& slot = sequencer_.front();
    const u32 base = hart_.x[slot.op.rs1];
    execute(slot);
    if (slot.op.rd == slot.op.rs1 && !config_.has_quirks)
        hart_.x[slot.op.rs1] = base;  // Unlike RTL, where the replay asks at the address that came
    ++now_;
    take_interrupt(now_ + 1);
}

void Core::interrupt(Cycles cycle, bool asserted, unsigned id) {
    traps_.drive(cycle, asserted, id);
    if (asserted && state_ == State::sleeping)
        await_interrupt();
}

/// The line ends the sleep, if it is still high once the pipeline is empty.
void Core::await_interrupt() {
    clock_.timeline.schedule(*this, traps_.wakes_at(slept_since_, clock_.timeline.now() + 1));
}

/// wfi ends in cycle `now`. An enabled interrupt is taken from here: its fetch begins in the cycle
/// in which the next instruction would be in decode.
void Core::wake(Cycles now) {
    if (!traps_.wakes_in(now, slept_since_))
        return;
    const Cycles resumes = std::max(slept_since_, now + pipeline::kWakeUp);
    const Cycles waking = std::min(pipeline::kWakeUp, resumes - slept_since_);
    counters_.stall(Stall::flush, waking);
    book_sleep(resumes - waking);
    now_ = resumes;
    fetch_.set_ready(now_ - 2);
    if (traps_.takes_behind_sleep(now))
        take_interrupt(resumes - 1);
    run();
}

void Core::fault(const std::string& what) const { throw Fault(name(), hart_.pc, what); }

}  // namespace flexv::core
