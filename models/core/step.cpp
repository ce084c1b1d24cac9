// SPDX-License-Identifier: Apache-2.0
// The step loop: plain instructions in a tight loop, everything else one at a time.
#include "core/core.hpp"
#include "core/hazards.hpp"
#include "core/pipeline.hpp"

#include <algorithm>
#include <utility>

namespace flexv::core {

/// Runs until the core needs something that others can see, or has run ahead far enough.
void Core::run() {
    state_ = State::running;
    for (;;) {
        if (missing_line_ != kNoLine) {
            meet(State::fetching);
            return;
        }
        const Cycles horizon = run_ahead_limit();
        if (now_ >= horizon) {
            clock_.timeline.schedule(*this, now_);
            return;
        }
        if (interrupt_asserted_ && take_interrupt())
            continue;
        try {
            if ((late_ & slot_->uses) == 0)
                run_plain(horizon);
            if (now_ < horizon && missing_line_ == kNoLine && step_special() == Next::yield)
                return;
        } catch (const isa::Trap& trap) {
            take_trap(trap);
        }
    }
}

/// Nobody acts before the timeline's next event, or its end where another domain may act, so nobody
/// can raise an interrupt before it that this core would see earlier than one cycle later.
Cycles Core::run_ahead_limit() const {
    const Timeline& timeline = clock_.timeline;
    if (!hart_.mie || !interrupt_possible_)
        return timeline.limit();
    const Cycles next = timeline.next_event();
    return next == kNever ? timeline.end() : std::min(timeline.end(), next + 1);
}

/// Instructions of one cycle that nobody else can see, and branches inside a page: the hot loop of
/// the simulator. Ends in front of everything else. None of these delivers anything late, so only
/// the first one could have to wait for its predecessor: the caller has seen that it need not.
void Core::run_plain(Cycles horizon) {
    Slot* slot = slot_;
    const Slot* previous = previous_;
    u32 pc = hart_.pc;
    Cycles now = now_;
    Cycles started = now;  // of a stretch without jumps
    const auto save = [&] {
        if (now != started)
            note_stretch(now - started, now);
        slot_ = slot;
        now_ = now;
        previous_ = previous;
        hart_.pc = pc;
    };
    try {
        while (now < horizon) {
            const u8 flags = slot->flags;
            if (flags != 0) [[unlikely]] {
                if ((flags & ~(kLineStart | kBranch)) != 0)
                    break;
                if ((flags & kLineStart) != 0 && !takes_line(pc + slot->op.size - 1, bubbles_))
                    break;
                if ((flags & kBranch) != 0 && now == held_until_)
                    break;  // behind an instruction that held EX a branch costs less
                hart_.next_pc = kNotTaken;
            }
            hart_.pc = pc;
            slot->execute(hart_, slot->op);
            hart_.x[0] = 0;
            ++executed_[slot->row];
            ++now;
            if ((flags & kBranch) != 0 && hart_.next_pc != kNotTaken) {
                save();
                take_branch(hart_.next_pc, pipeline::kTakenBranch);
                if (missing_line_ != kNoLine)
                    return;
                slot = slot_;
                now = started = now_;
                previous = nullptr;
                pc = hart_.pc;
                continue;
            }
            previous = slot;
            pc += slot->op.size;
            slot += slot->step;
        }
    } catch (const isa::Trap&) {
        save();
        throw;
    }
    save();
}

/// A stretch of `steps` instructions of one cycle each has ended before cycle `end`.
void Core::note_stretch(Cycles steps, Cycles end) {
    late_before_ = steps == 1 ? late_ : 0;
    late_ = 0;
    entered_[1] = steps == 1 ? entered_[0] : end - 2;
    entered_[0] = end - 1;
}

/// One instruction, or one obstacle before it, that the tight loop does not know.
Core::Next Core::step_special() {
    Slot& slot = *slot_;
    if ((slot.flags & (kPageEnd | kUndecoded)) != 0) {
        if ((slot.flags & kPageEnd) != 0)
            enter(hart_.pc);
        else
            decode_slot();
        return Next::run;
    }
    if ((slot.flags & kLineStart) != 0 && !has_line(hart_.pc + slot.op.size - 1))
        return Next::run;
    if ((slot.flags & kIllegal) != 0)
        throw isa::Trap{.cause = isa::Cause::illegal_instruction, .value = slot.op.word};
    if ((slot.flags & kMarker) != 0) {
        enter_ex(slot);
        meet(State::marker);
        return Next::yield;
    }
    return step_by_timing(slot);
}

Core::Next Core::step_by_timing(const Slot& slot) {
    using enum isa::Timing;
    switch (slot.timing) {
        case load:
        case store:
        case event_load:
            begin_access(slot);
            return Next::yield;
        case mac_load:
            if (slot.access.mode != isa::AddressMode::none) {
                begin_access(slot);
                return Next::yield;
            }
            [[fallthrough]];
        case single:
            step_over(slot, Stall::execute, 0);
            return Next::run;
        case branch:  // of a loop end, or behind an instruction that held EX
            step_branch(slot);
            return Next::run;
        case jump:
            step_jump(slot);
            return Next::run;
        case jump_register:
            step_jump_register(slot);
            return Next::run;
        case hardware_loop:
            step_hardware_loop(slot);
            return Next::run;
        case multiply_high:
            step_over(slot, Stall::execute, pipeline::kMultiplyHigh);
            held_until_ = now_;
            return Next::run;
        case divide:
            step_divide(slot);
            return Next::run;
        case csr:
            step_csr(slot);
            return Next::run;
        case fence:
        case mret:
            step_refetch(slot);
            return Next::run;
        case environment:
            enter_ex(slot);
            execute(slot);
            return Next::run;
        case wfi:
            return step_wait_for_interrupt(slot);
    }
    return Next::run;
}

/// Asks for its place in the cycle order: act() is called when the timeline has reached now_.
void Core::meet(State reason) {
    state_ = reason;
    if (now_ > clock_.timeline.now())
        clock_.timeline.schedule(*this, now_);
    else
        act(now_);
}

void Core::act(Cycles now) {
    switch (state_) {
        case State::running:
            if (std::exchange(starting_, false))
                enter(hart_.pc);
            run();
            return;
        case State::requesting:
            send_request(now);
            return;
        case State::fetching:
            end_fetch(now);
            return;
        case State::marker:
            pass_marker(now);
            return;
        case State::sleeping:
            wake(now);
            return;
        case State::off:
        case State::waiting:  // an earlier appointment, overtaken by an interrupt or a reset
            return;
    }
}

/// Region markers are seen by the whole platform, so they take their place in the cycle order.
void Core::pass_marker(Cycles now) {
    const Slot& slot = *slot_;
    execute(slot);
    leave_ex(slot);
    if (on_region) {
        const bool is_begin = (slot.op.word & 0x1000) == 0;  // slti begins, sltiu ends
        on_region(config_.index, unsigned(slot.op.imm), is_begin, now);
    }
    run();
}

/// Hazards: the instruction enters EX at now_.
void Core::enter_ex(const Slot& slot) {
    hides_bubble_ = now_ == held_until_;
    const bool waits = (late_ & slot.uses) != 0;
    if (waits)
        stall(Stall::load_use, 1), ++now_;
    late_before_ = waits ? 0 : late_;
    late_ = 0;
    note_entry(now_);
}

void Core::note_entry(Cycles cycle) { entered_ = {cycle, entered_[0], entered_[1]}; }

void Core::execute(const Slot& slot) {
    hart_.next_pc = hart_.pc + slot.op.size;
    slot.execute(hart_, slot.op);
    hart_.x[0] = 0;
    ++executed_[slot.row];
}

/// The instruction leaves EX at the end of cycle now_, its successor follows it.
void Core::leave_ex(const Slot& slot) {
    ++now_;
    late_ = slot.late;
    previous_ = &slot;
    advance(slot);
}

void Core::advance(const Slot& slot) {
    if ((slot.flags & kLoopEnd) != 0) {
        if (const isa::HardwareLoop* const loop = loop_that_ends_at(hart_.pc)) {
            loop_back(*loop);
            return;
        }
    }
    hart_.pc += slot.op.size;
    slot_ += slot.step;
}

void Core::stall(Stall cause, Cycles cycles) {
    stalls_[unsigned(cause)] += cycles;
    bubbles_ += cycles;
}

void Core::step_over(const Slot& slot, Stall cause, Cycles extra) {
    enter_ex(slot);
    execute(slot);
    now_ += extra;
    stall(cause, extra);
    if (extra != 0)
        late_before_ = 0;
    leave_ex(slot);
}

Cycles Core::divide_cycles(const Slot& slot) const {
    const bool is_signed = (slot.op.word & 0x1000) == 0;  // funct3: div 4, divu 5, rem 6, remu 7
    return pipeline::divide(hart_.x[slot.op.rs2], is_signed);
}

void Core::step_divide(const Slot& slot) {
    const Cycles extra = divide_cycles(slot);
    divide_cycles_ += 1 + extra;
    step_over(slot, Stall::execute, extra);
    held_until_ = now_;
}

void Core::step_branch(const Slot& slot) {
    enter_ex(slot);
    hart_.next_pc = kNotTaken;
    slot.execute(hart_, slot.op);
    ++executed_[slot.row];
    if (hart_.next_pc == kNotTaken) {
        leave_ex(slot);
        return;
    }
    if ((slot.flags & kLoopEnd) != 0)
        (void)loop_that_ends_at(
            hart_.pc);  // leaves the loop, yet the counter is decremented (isa.md 8)
    ++now_;
    take_branch(hart_.next_pc, pipeline::kTakenBranch - (hides_bubble_ ? 1 : 0));
}

void Core::step_jump(const Slot& slot) {
    enter_ex(slot);
    execute(slot);
    jump_to(hart_.next_pc, pipeline::kJump);
}

/// The branch left EX at the end of cycle now_ - 1. A multi-cycle instruction behind it is not
/// executed, yet its cycles are lost (timing.md 1.8).
void Core::take_branch(Address target, Cycles bubbles) {
    ++taken_branches_;
    const Cycles left = now_ - 1;
    const Cycles shadow = cycles_in_shadow(*slot_);
    bubbles = std::max(bubbles, shadow);
    now_ += bubbles;
    stall(Stall::jump, bubbles);
    leave_for(target, left, kWordsBehindBranch);
}

/// Cycles of a divide or mulh right behind `branch`; 0 for anything else.
Cycles Core::cycles_in_shadow(const Slot& branch) {
    Slot& next = *(slot_ + branch.step);
    if ((next.flags & kUndecoded) != 0)
        (void)code_.decode(next, hart_.pc + branch.op.size, mode());
    if ((next.flags & (kSpecial | kPageEnd)) != kSpecial)
        return 0;
    if (next.timing == isa::Timing::divide)
        return 1 + divide_cycles(next);
    if (next.timing == isa::Timing::mac_load && config_.has_quirks)
        step_streams_in_shadow(next);
    return next.timing == isa::Timing::multiply_high ? 1 + pipeline::kMultiplyHigh : 0;
}

/// Q25: a Mac&Load with a load right behind a taken branch does not execute, yet its address steps.
void Core::step_streams_in_shadow(const Slot& slot) {
    const hazards::MacLoadField field(slot.op.imm2);
    if (field.loads_weight)
        hart_.weights.step();
    else if (field.loads_activation)
        hart_.activations.step();
}

/// The target is read in ID: results of the instruction before are not there yet (timing.md 1.1).
void Core::step_jump_register(const Slot& slot) {
    const u64 source = u64{1} << slot.op.rs1;
    Cycles wait = 0;
    if (previous_ != nullptr && slot.op.rs1 != 0) {
        const bool is_next =
            (previous_->writes & source) != 0;  // load: 1 more than its load-use stall
        const bool is_second = (late_before_ & source) != 0 && (late_ & slot.uses) == 0;
        wait = is_next || is_second ? 1 : 0;
    }
    enter_ex(slot);
    now_ += wait;
    jump_register_stalls_ += wait;
    stall(Stall::load_use, wait);
    execute(slot);
    jump_to(hart_.next_pc, pipeline::kJump);
}

void Core::step_csr(const Slot& slot) {
    const Address from = hart_.pc;
    enter_ex(slot);
    const bool was_legacy = hart_.simd_legacy;
    execute(slot);
    const unsigned number = slot.op.word >> 20;
    if (number >= 0x7c0 && number <= 0x7c6)
        mark_loop_ends();
    leave_ex(slot);
    if (was_legacy != hart_.simd_legacy) {
        page_base_ = kNoPage;  // every word may now mean something else
        enter(hart_.pc);
    }
    if (pipeline::drains_pipeline(number))
        flush_to(hart_.pc, pipeline::kFlush, from);
}

/// fence, fence.i and mret: everything behind them is fetched again.
void Core::step_refetch(const Slot& slot) {
    const Address from = hart_.pc;
    enter_ex(slot);
    execute(slot);
    const Address target = hart_.next_pc;
    leave_ex(slot);
    const bool is_return = slot.timing == isa::Timing::mret;
    pays_unaligned_target_ = true;
    flush_to(is_return ? target : hart_.pc, is_return ? pipeline::kMret : pipeline::kFlush, from);
}

void Core::step_hardware_loop(const Slot& slot) {
    step_over(slot, Stall::execute, 0);
    mark_loop_ends();
}

void Core::mark_loop_ends() {
    for (const isa::HardwareLoop& loop : hart_.loops)
        if (loop.count != 0)
            code_.mark_loop_end(loop.end);
}

/// Returns at the next instruction: at once when the line is high, else after a sleep.
Core::Next Core::step_wait_for_interrupt(const Slot& slot) {
    const Address from = hart_.pc;
    enter_ex(slot);
    execute(slot);
    leave_ex(slot);
    flush_to(hart_.pc, pipeline::kWaitForInterrupt, from);
    if (interrupt_asserted_ && interrupt_since_ < now_)
        return Next::run;
    state_ = State::sleeping;
    slept_since_ = now_;
    return Next::yield;
}

}  // namespace flexv::core
