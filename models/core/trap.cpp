// SPDX-License-Identifier: Apache-2.0
// Exceptions, interrupts and sleep (spec/isa.md section 5). Traps that no firmware handles become
// faults.
#include "core/hot_path.hpp"
#include "core/illegal.hpp"

namespace flexv::core {

std::string Core::describe(const isa::Trap& trap) {
    constexpr Address kBytes = 4;  // semihosting has uncompressed instructions around its ebreak
    switch (trap.cause) {
        case isa::Cause::illegal_instruction:
            return fmt::format(
                "illegal instruction {:#010x}{}", trap.value,
                explain_illegal(trap.value, mode(), config_.extensions, config_.isa_setting));
        case isa::Cause::breakpoint:
            if (is_semihosting(code_.peek(hart_.pc - kBytes), code_.peek(hart_.pc + kBytes)))
                return fmt::format(
                    "ebreak of a semihosting call (operation {:#x} in a0), which needs a debugger "
                    "on the host; print and end the run by the platform's own devices",
                    hart_.x[10]);
            return "ebreak";
        case isa::Cause::environment_call:
            return "ecall";
    }
    return fmt::format("exception {}", u32(trap.cause));
}

void Core::take_trap(const isa::Trap& trap) {
    const std::string what = describe(trap);
    if (!handles_traps())
        fault(fmt::format("{}, and no handler: the vector at {:#010x} is not a jump to code", what,
                          hart_.mtvec));
    if (on_trap)
        on_trap(*this, what, hart_.pc);
    if (trap.cause != isa::Cause::illegal_instruction) {
        ++executed_[slot_->row];
    } else {
        stall(Stall::flush, 1);  // takes its slot, but does not retire
        hides_bubble_ = now_ == held_until_;
    }
    ++now_;
    const Address from = hart_.pc;
    enter_vector(from, u32(trap.cause), 0);
    flush_to(hart_.pc, pipeline::kTrapEntry, from);
}

/// True when an interrupt was taken instead of the instruction at hart_.pc.
bool Core::take_interrupt() {
    if (!hart_.mie || now_ < interrupt_since_ + pipeline::kInterruptSeen)
        return false;
    const unsigned id = interrupt_id_;
    interrupt_asserted_ = false;
    if (interrupt_ack_out.size() != 0)
        interrupt_ack_out->acknowledge(config_.index, id, clock_.timeline.now());
    const Address from = hart_.pc;
    hides_bubble_ = false;
    enter_vector(from, 0x8000'0000U | id, id);
    flush_to(hart_.pc, pipeline::kInterruptEntry, from);
    return true;
}

void Core::enter_vector(Address pc, u32 cause, unsigned slot) {
    hart_.mepc = pc;
    hart_.mcause = cause;
    hart_.mpie = hart_.mie;
    hart_.mie = false;
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
    interrupt_asserted_ = asserted;
    interrupt_id_ = id;
    interrupt_since_ = cycle;
    if (asserted && state_ == State::sleeping)
        clock_.timeline.schedule(*this, std::max(cycle, clock_.timeline.now() + 1));
}

/// wfi ends; the interrupt itself is taken by the loop if it is enabled.
void Core::wake(Cycles now) {
    if (!interrupt_asserted_)
        return;
    const Cycles resumes = std::max(slept_since_, now + pipeline::kWakeUp);
    const Cycles waking = std::min(pipeline::kWakeUp, resumes - slept_since_);
    stall(Stall::flush, waking);
    book_sleep(resumes - waking);
    now_ = resumes;
    run();
}

void Core::fault(const std::string& what) const { throw Fault(name(), hart_.pc, what); }

}  // namespace flexv::core
