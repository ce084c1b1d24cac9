// SPDX-License-Identifier: Apache-2.0
// Exceptions, interrupts and sleep (docs/spec/isa.md section 5). Traps that no firmware handles
// become faults.
#include "core/core.hpp"
#include "core/decode/illegal.hpp"
#include "core/pipeline/costs.hpp"

namespace flexv::core {

std::string Core::describe(const isa::Trap& trap) {
    constexpr Address kBytes = 4;  // semihosting has uncompressed instructions around its ebreak
    switch (trap.cause) {
        case isa::Cause::illegal_instruction:
            return fmt::format("illegal instruction {:#010x}{}", trap.value,
                               explain_illegal(trap.value, sequencer_.mode(), config_.extensions,
                                               config_.isa_setting));
        case isa::Cause::breakpoint:
            if (is_semihosting(code_.peek(hart_.pc - kBytes), code_.peek(hart_.pc + kBytes)))
                return fmt::format(
                    "ebreak of a semihosting call (operation {:#x} in a0), which is closed: "
                    "open it with --semihosting, or print and end the run by the platform's own "
                    "devices",
                    hart_.x[10]);
            return "ebreak";
        case isa::Cause::environment_call:
            return "ecall";
    }
    return fmt::format("exception {}", u32(trap.cause));
}

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
    const std::string what = describe(trap);
    if (!handles_traps())
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
    enter_vector(from, u32(trap.cause), 0);
    flush_to(hart_.pc, sent, from);
    run();
}

/// Up to here the core may go on alone with interrupts enabled. Whoever acts in cycle t raises the
/// line in t + 1 at the earliest, and that concerns what would enter EX in t + 3. Hazards may hold
/// an instruction for a cycle in decode, directly behind a load for two.
Cycles Core::uninterrupted_until() const {
    const Cycles next = clock_.timeline.next_act_beside(*this);
    return next == kNever ? kNever : next + Cycles{scoreboard_.is_late() ? 1U : 2U};
}

/// With interrupts enabled. True when the instruction in front is another one now, or nearer;
/// otherwise `horizon` comes down to the cycle in which the core has to look again.
bool Core::heed_interrupt(Cycles& horizon) {
    horizon = std::min(horizon, uninterrupted_until());
    if (!interrupt_.is_latched())
        return false;
    if (clear_obstacle())
        return true;
    const Cycles seen = interrupt_.latched_at() + pipeline::kInterruptSeen;
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

/// The decoder stops the instruction in front and looks at the line in the next cycle: still high,
/// the interrupt is taken, else the instruction goes on (states IRQ_FLUSH, IRQ_TAKEN_ID). An
/// instruction that holds EX does not delay any of it.
void Core::decide_on_interrupt() {
    const Cycles in_decode = fetch_.decoded();
    const Cycles stopped = std::max(interrupt_.latched_at() + 1, in_decode);
    if (interrupt_.is_high(stopped + 1))
        return take_interrupt(stopped + 2);
    interrupt_.arm(stopped + 2);
    const Cycles lost = std::max(now_, stopped + 3) - now_;
    counters_.stall(Stall::flush, lost);
    now_ += lost;
    if (lost != 0)
        scoreboard_.deliver();
}

/// In cycle `taken` the fetch stage is sent to the vector. What holds EX delays its first
/// instruction no more than any other (irq_20, z_irq_elw).
void Core::take_interrupt(Cycles taken) {
    const unsigned id = interrupt_.id();
    const Address from = hart_.pc;
    fetch_.give_up_current();
    scoreboard_.forget_fetch_gap();
    enter_vector(from, 0x8000'0000U | id, id);
    if (interrupt_ack_out.size() != 0)
        interrupt_ack_out->acknowledge(config_.index, id, taken);
    flush_to(hart_.pc, taken, from);
}

/// An access is granted. Behind a p.elw the decoder looks at the line, whatever it has seen of it
/// before (state IRQ_FLUSH_ELW): high, the interrupt is taken from here.
bool Core::ends_in_interrupt(Cycles now) {
    if (sequencer_.front().timing != isa::Timing::event_load)
        return false;
    if (interrupt_.is_high(now + 1))
        return true;
    interrupt_.arm(now + 2);
    return false;
}

/// The event unit has granted a p.elw only because of the interrupt: it leaves EX, the interrupt is
/// taken, and mret leads back to it (docs/spec/rtl_rules_2.md 1.2).
void Core::replay_event_load() {
    const Slot& slot = sequencer_.front();
    const u32 base = hart_.x[slot.op.rs1];
    execute(slot);
    if (slot.op.rd == slot.op.rs1 && !config_.has_quirks)
        hart_.x[slot.op.rs1] = base;  // Unlike RTL, where the replay asks at the address that came
    ++now_;
    take_interrupt(now_ + 1);
}

/// MIE may have changed; it holds from `cycle` on.
void Core::follow_interrupt_enable(Cycles cycle) {
    if (!hart_.mie)
        interrupt_.disarm();
    else if (!interrupt_.is_armed())
        interrupt_.arm(cycle);
}

void Core::enter_vector(Address pc, u32 cause, unsigned slot) {
    hart_.mepc = pc;
    hart_.mcause = cause;
    hart_.mpie = hart_.mie;
    hart_.mie = false;
    interrupt_.disarm();
    jumped_from_ = pc;
    hart_.pc = hart_.mtvec + 4 * slot;
}

/// mtvec is hard-wired to the boot address, so every image has a vector "table". It counts as one
/// when its exception slot is not the program itself, holds an instruction, and leads to more than
/// an endless loop.
bool Core::handles_traps() {
    if (hart_.mtvec == boot_address_)
        return false;
    constexpr unsigned kMaxHops = 4;
    Address pc = hart_.mtvec;
    for (unsigned hop = 0; hop < kMaxHops; ++hop) {
        Slot slot;
        if (!code_.decode(slot, pc, isa::Mode::legacy) || (slot.flags & kIllegal) != 0)
            return false;
        constexpr u32 kX0 = 1;
        if (slot.timing != isa::Timing::jump || (slot.writes & ~kX0) != 0)
            return true;
        if (slot.op.imm == 0)
            return false;
        pc += u32(slot.op.imm);
    }
    return true;
}

void Core::interrupt(Cycles cycle, bool asserted, unsigned id) {
    interrupt_.drive(cycle, asserted, id);
    if (asserted && state_ == State::sleeping)
        await_interrupt();
}

/// The line ends the sleep, if it is still high once the pipeline is empty.
void Core::await_interrupt() {
    const Cycles asleep = slept_since_ - pipeline::kWakeUp;
    const Cycles next = clock_.timeline.now() + 1;
    clock_.timeline.schedule(*this, std::max({interrupt_.rose(), asleep, next}));
}

/// wfi ends in cycle `now`. An enabled interrupt is taken from here: its fetch begins in the cycle
/// in which the next instruction would be in decode.
void Core::wake(Cycles now) {
    if (now + pipeline::kWakeUp < slept_since_ || !interrupt_.is_high(now))
        return;
    const Cycles resumes = std::max(slept_since_, now + pipeline::kWakeUp);
    const Cycles waking = std::min(pipeline::kWakeUp, resumes - slept_since_);
    counters_.stall(Stall::flush, waking);
    book_sleep(resumes - waking);
    now_ = resumes;
    fetch_.set_ready(now_ - 2);
    if (interrupt_.is_latched() && interrupt_.latched_at() <= now)
        take_interrupt(resumes - 1);
    run();
}

void Core::fault(const std::string& what) const { throw Fault(name(), hart_.pc, what); }

}  // namespace flexv::core
