// SPDX-License-Identifier: Apache-2.0
// One instruction at a time: what the tight loop does not know, one function for each timing class.
#include "core/core.hpp"
#include "core/pipeline/costs.hpp"
#include "isa/address.hpp"
#include "isa/csr.hpp"

namespace flexv::core {

namespace {

/// Beyond the first one.
Cycles divide_cycles(const Slot& slot, const isa::Hart& hart) {
    const bool is_signed = (slot.op.word & 0x1000) == 0;  // funct3: div 4, divu 5, rem 6, remu 7
    return pipeline::divide(hart.x[slot.op.rs2], is_signed);
}

/// Q25: a Mac&Load with a load right behind a taken branch does not execute, yet its address steps.
void step_streams_in_shadow(const Slot& slot, isa::Hart& hart) {
    const isa::MacLoadField field(slot.op.imm2);
    if (field.loads_weight)
        hart.weights.step();
    else if (field.loads_activation)
        hart.activations.step();
}

}  // namespace

/// Brings the instruction in front nearer to decode; false when it is there.
bool Core::clear_obstacle() {
    Slot& slot = sequencer_.front();
    if ((slot.flags & (kPageEnd | kUndecoded)) != 0) {
        if ((slot.flags & kPageEnd) != 0)
            enter(hart_.pc);
        else
            decode_slot();
        return true;
    }
    return fetch_.waits_for_line(slot);
}

/// The fetch stage goes on behind `slot` where the cache has to be asked for lines, and nothing
/// clocks it yet: then something does, and `slot` has to be prepared.
[[gnu::always_inline]] inline bool Core::needs_clock(const Slot& slot) {
    using enum isa::Timing;
    if (!fetch_.has_port() || fetch_.is_clocked())
        return false;
    if ((slot.flags & kLoopEnd) != 0) {
        const isa::HardwareLoop* const loop = sequencer_.ending_loop(slot, sequencer_.way());
        if (loop != nullptr && !fetch_.reaches(loop->start)) {
            fetch_.take_care();
            return true;
        }
    }
    const bool may_stay = slot.timing != single && slot.timing != branch && slot.timing != csr;
    return may_stay && must_look_behind(slot);
}

/// One instruction, or one obstacle before it, that the tight loop does not know.
Core::Next Core::step_special() {
    if (clear_obstacle())
        return Next::run;
    const Slot& slot = sequencer_.front();
    if (needs_clock(slot))
        return Next::run;
    if (const Permission permission = ask_debugger(); permission != Permission::go) [[unlikely]]
        return permission == Permission::hold ? hold() : Next::run;
    decoded_ = fetch_.decoded();
    if ((slot.flags & kIllegal) != 0)
        throw isa::Trap{.cause = isa::Cause::illegal_instruction, .value = slot.op.word};
    if ((slot.flags & kStop) != 0 && is_region_mark(slot.op.word)) {
        fetch_.keep_going();
        enter_ex(slot);
        schedule(State::marking);
        return Next::yield;
    }
    return step_by_timing(slot);
}

Permission Core::ask_debugger() {
    const bool may_stop = (sequencer_.front().flags & kStop) != 0 && debugger_ != nullptr;
    return may_stop ? debugger_->in_front(*this) : Permission::go;
}

Core::Next Core::step_by_timing(const Slot& slot) {
    using enum isa::Timing;
    switch (slot.timing) {
        case load:
        case store:
        case event_load:
            return step_access(slot);
        case mac_load:
            if (slot.access.mode != isa::AddressMode::none)
                return step_access(slot);
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
            return Next::run;
        case divide:
            return step_divide(slot);
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

Core::Next Core::step_access(const Slot& slot) {
    if (!begin_access(slot))
        return Next::yield;
    complete_access_alone();
    return Next::run;
}

/// Asks for its place in the cycle order: act() is called when the timeline has reached now_.
void Core::schedule(State next) {
    state_ = next;
    if (now_ > clock_.timeline.now())
        clock_.timeline.schedule(*this, now_);
    else
        act(now_);
}

void Core::act(Cycles now) {
    switch (state_) {
        case State::running:
            if (std::exchange(starting_, false)) {
                enter(hart_.pc);
                fetch_.start(now);
            }
            clock_.timeline.let_time_pass();
            run();
            return;
        case State::requesting:
            send_request(now);
            return;
        case State::marking:
            pass_mark(now);
            return;
        case State::trapping:
            take_trap();
            return;
        case State::faulting:
            throw Fault(*fault_);
        case State::sleeping:
            wake(now);
            return;
        case State::off:
        case State::held:
        case State::fetching:
        case State::waiting:  // an earlier appointment, overtaken by an interrupt or a reset
            return;
    }
}

/// Region marks are seen by the whole platform, so they take their place in the cycle order.
void Core::pass_mark(Cycles now) {
    const Slot& slot = sequencer_.front();
    execute(slot);
    leave_ex(slot);
    const bool is_begin = (slot.op.word & 0x1000) == 0;  // slti begins, sltiu ends
    probes.region({.id = unsigned(slot.op.imm), .is_begin = is_begin, .now = now});
    run();
}

void Core::step_over(const Slot& slot, Stall cause, Cycles extra) {
    enter_ex(slot);
    execute(slot);
    now_ += extra;
    counters_.stall(cause, extra);
    if (extra != 0)
        scoreboard_.hold();
    leave_ex(slot);
}

/// When decode is empty as the divider starts, its result is not taken and it runs a second time.
Core::Next Core::step_divide(const Slot& slot) {
    if (fetch_.is_clocked() && now_ > clock_.timeline.now()) {
        fetch_.keep_going();
        clock_.timeline.schedule(*this, now_);
        return Next::yield;
    }
    Cycles extra = divide_cycles(slot, hart_);
    enter_ex(slot);
    if (fetch_.has_left_decode_empty())
        extra += extra;
    counters_.add(Event::divide_cycle, u64(1 + extra));
    execute(slot);
    now_ += extra;
    counters_.stall(Stall::execute, extra);
    scoreboard_.hold();
    leave_ex(slot);
    return Next::run;
}

void Core::step_branch(const Slot& slot) {
    enter_ex(slot);
    hart_.next_pc = kNotTaken;
    executes_[slot.row](hart_, slot.op);
    counters_.instructions.add(slot.row);
    if (hart_.next_pc == kNotTaken) {
        leave_ex(slot);
        return;
    }
    if ((slot.flags & kLoopEnd) != 0)
        (void)sequencer_.count_loop();  // leaves the loop, yet it is counted (docs/spec/isa.md 8)
    ++now_;
    take_branch(hart_.next_pc);
}

void Core::step_jump(const Slot& slot) {
    enter_ex(slot);
    execute(slot);
    jump_to(hart_.next_pc, decoded_);
}

/// Cycles of a divide or mulh right behind `branch`; 0 for anything else.
Cycles Core::cycles_in_shadow(const Slot& branch) {
    Slot& next = sequencer_.behind_front();
    if ((next.flags & kUndecoded) != 0)
        (void)code_.decode(next, hart_.pc + branch.op.size, sequencer_.mode());
    if ((next.flags & (kSpecial | kPageEnd)) != kSpecial)
        return 0;
    if (next.timing == isa::Timing::divide)
        return 1 + divide_cycles(next, hart_);
    if (next.timing == isa::Timing::mac_load && config_.has_quirks)
        step_streams_in_shadow(next, hart_);
    return next.timing == isa::Timing::multiply_high ? 1 + pipeline::kMultiplyHigh : 0;
}

void Core::step_jump_register(const Slot& slot) {
    const Cycles enters = now_;
    const Cycles wait = scoreboard_.jump_register_wait(slot, now_);
    scoreboard_.forget_fetch_gap();
    enter_ex(slot);
    now_ += wait;
    counters_.add(Event::jump_register_wait, u64(wait));
    counters_.stall(Stall::load_use, wait);
    const Cycles sent = now_ == enters ? decoded_ : now_ - 1;
    // In its last cycle in decode it sees itself in EX, writing its register.
    const bool sees_itself =
        slot.op.rs1 != 0 && (slot.writes >> slot.op.rs1 & 1) != 0 && sent + 1 == now_;
    fetch_.set_ready(sees_itself ? now_ + 1 : now_ - 1);
    execute(slot);
    jump_to(hart_.next_pc, sent);
}

void Core::step_csr(const Slot& slot) {
    enter_ex(slot);
    const bool was_legacy = hart_.simd_legacy;
    execute(slot);
    const unsigned number = csr_of(slot);
    if (number >= 0x7c0 && number <= 0x7c6)
        sequencer_.mark_loop_ends();
    leave_ex(slot);
    if (number == isa::csr("mstatus"))
        traps_.follow_enable(now_);
    if (was_legacy != hart_.simd_legacy) {
        sequencer_.forget_page();
        enter(hart_.pc);
    }
    if (pipeline::drains_pipeline(number))
        drain(pipeline::kFlush);
}

/// fence, fence.i and mret: everything behind them is fetched again.
void Core::step_refetch(const Slot& slot) {
    const Address from = hart_.pc;
    enter_ex(slot);
    execute(slot);
    const Address target = hart_.next_pc;
    const Cycles sent = pipeline::flushed(decoded_, now_);
    leave_ex(slot);
    const bool is_return = slot.timing == isa::Timing::mret;
    if (is_return)
        traps_.follow_enable(now_ + 1);
    flush_to(is_return ? target : hart_.pc, is_return ? sent + 1 : sent, from);
}

void Core::step_hardware_loop(const Slot& slot) {
    step_over(slot, Stall::execute, 0);
    sequencer_.mark_loop_ends();
}

/// Sleeps; a line that is high when the clock could stop ends the sleep at once.
Core::Next Core::step_wait_for_interrupt(const Slot& slot) {
    enter_ex(slot);
    execute(slot);
    leave_ex(slot);
    drain(pipeline::kWaitForInterrupt);
    fetch_.keep_going();
    state_ = State::sleeping;
    slept_since_ = now_;
    if (traps_.wakes())
        await_interrupt();
    return Next::yield;
}

}  // namespace flexv::core
