// SPDX-License-Identifier: Apache-2.0
// Where the next instruction comes from: jumps, hardware loops, decode, and the cache line that the
// fetch stage needs.
#include "core/core.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace flexv::core {

/// The jump in EX at now_ has sent the fetch stage to `target` in cycle `sent`.
void Core::jump_to(Address target, Cycles sent) {
    jumped_from_ = hart_.pc;
    scoreboard_.jump(sequencer_.front(), now_);
    ++now_;
    leave_for(target, sent, Stall::jump, sequencer_.behind_front(), false);
}

/// The fetch stage is sent to `target` in `cycle`, because the pipeline is emptied behind the
/// instruction at `from`. EX is free from now_ on.
void Core::flush_to(Address target, Cycles cycle, Address from) {
    jumped_from_ = from;
    leave_for(target, cycle, Stall::flush, sequencer_.front(), false);
}

/// The instruction that has left EX lets its successor wait, which keeps its place in the fetch
/// stage.
void Core::drain(Cycles cycles) {
    now_ += cycles;
    counters_.stall(Stall::flush, cycles);
    scoreboard_.flush();
    fetch_.set_ready(now_ - 2);
}

/// leave_for() where lines are missing, behind enter().
Cycles Core::redirect(Cycles cycle, Slot& behind, bool takes_behind) {
    const Address pc = behind.pc;
    return fetch_.redirect(
        cycle, sequencer_.fetched(sequencer_.front(), sequencer_.way()),
        sequencer_.fetched(sequencer_.decoded(pc), {.pc = pc, .counts = sequencer_.way().counts}),
        takes_behind);
}

// With care: lines of the instruction cache are missing, or may be.

/// Brings the instruction in front into decode; false when a line has to come first.
bool Core::prepare() {
    if (fetch_.has_current())
        return true;
    while ((sequencer_.front().flags & (kPageEnd | kUndecoded)) != 0)
        (void)clear_obstacle();
    const Slot& slot = sequencer_.front();
    // What has left decode empty is still looked at there, and waits for itself in EX.
    const Slot* const previous = scoreboard_.previous();
    const bool sees_itself = previous != nullptr && (previous->late & previous->uses) != 0;
    Front front = sequencer_.fetched(slot, sequencer_.way());
    front.flows = flows(slot);
    front.jump_target = early_target(slot, previous);
    const std::optional<Cycles> taken = fetch_.prepare(front, sees_itself ? now_ : now_ - 1);
    if (!taken) {
        state_ = State::fetching;
        fetch_.keep_going();
        return false;
    }
    if (*taken + 2 > now_)
        book_fetch(*taken + 2 - now_);
    if (fetch_.is_clocked())
        clock_behind(slot, now_ + scoreboard_.wait_in_decode(slot, now_));
    return true;
}

/// One cycle in EX and straight on, or a branch.
bool Core::flows(const Slot& slot) const {
    const bool is_short = slot.timing == isa::Timing::single || slot.timing == isa::Timing::branch;
    return is_short && (slot.flags & (kIllegal | kStop | kLoopEnd)) == 0 && !hart_.mie;
}

/// The instruction in front comes later by `cycles`, which cover hazards.
void Core::delay(Stall cause, Cycles cycles) {
    counters_.stall(cause, cycles);
    now_ += cycles;
    scoreboard_.pass(cycles);
}

/// The fetch has lost `lost` cycles.
void Core::book_fetch(Cycles lost) {
    tell_wait(false, now_, now_ + lost);
    delay(Stall::fetch, lost);
    if (sequencer_.front().timing == isa::Timing::jump_register)
        scoreboard_.delay_jump_register(lost);
}

/// `slot` is in decode and enters EX in cycle `enters`: tells the fetch stage what follows.
void Core::clock_behind(const Slot& slot, Cycles enters) {
    using enum isa::Timing;
    const Sequencer::Way here = sequencer_.way();
    const Sequencer::Way next = sequencer_.behind(slot, here);
    const Slot& second = sequencer_.decoded(next.pc);
    const Address jump_target = early_target(second, &slot);
    fetch_.set_ready(enters - 1);
    const bool ends_loop = sequencer_.ending_loop(slot, here) != nullptr;
    if (!ends_loop && holds_loops(next.pc) &&
        is_within_reach(second, next, jump_target, FetchUnit::reach_behind(next.pc + 4)) &&
        fetch_.stops_clock(next.pc))
        return;
    switch (slot.timing) {
        case jump:
        case jump_register:
        case csr:
        case fence:
        case mret:
        case environment:
        case wfi:
        case event_load:
            return;
        default:
            break;
    }
    if ((slot.flags & kIllegal) != 0)
        return;
    Front front = sequencer_.fetched(second, next);
    front.jump_target = jump_target;
    Sequencer::Way after = sequencer_.behind(second, next);
    if (jump_target != FetchStage::kNone)
        after.pc = jump_target;
    fetch_.expect(front, sequencer_.fetched(sequencer_.decoded(after.pc), after), enters);
}

/// The fetch stage behind the successor of `before`, while that is in EX.
bool Core::goes_out_of_reach(const Slot& before) {
    if (!fetch_.has_port())
        return false;
    const Slot& next = sequencer_.decoded(before.pc + before.op.size);
    const Address reach = FetchUnit::reach_behind(next.pc + next.op.size);
    if (is_within_reach(next, sequencer_.behind(before, sequencer_.way()),
                        early_target(next, &before), reach))
        return false;
    fetch_.take_care();
    return true;
}

/// The loops around `pc` go back to lines that are held. Others come only by the clock, so this
/// stays true without it.
bool Core::holds_loops(Address pc) {
    return std::ranges::all_of(hart_.loops, [&](const isa::HardwareLoop& loop) {
        const bool is_inside = loop.count >= 2 && loop.start <= pc && pc <= loop.end;
        return !is_inside || fetch_.reaches(loop.start);
    });
}

/// Nothing is asked of the cache while `slot` stays in decode: it jumps to `jump_target` from
/// there, ends a loop, or else the stage asks for what lies up to `reach`.
bool Core::is_within_reach(const Slot& slot, const Sequencer::Way& way, Address jump_target,
                           Address reach) {
    if (jump_target != FetchStage::kNone)
        return fetch_.reaches(jump_target);
    const isa::HardwareLoop* const loop = sequencer_.ending_loop(slot, way);
    return loop != nullptr ? fetch_.reaches(loop->start) : fetch_.holds(reach);
}

/// Where `jump` sends the fetch stage in its first cycle in decode, while `before` is in EX (null:
/// it has left it); kNone for anything else, and when it has to wait for its register.
Address Core::early_target(const Slot& jump, const Slot* before) const {
    if ((jump.flags & (kIllegal | kUndecoded | kPageEnd)) != 0)
        return FetchStage::kNone;
    if (jump.timing == isa::Timing::jump)
        return jump.pc + u32(jump.op.imm);
    if (jump.timing != isa::Timing::jump_register || scoreboard_.is_pending(jump.op.rs1, before))
        return FetchStage::kNone;
    return (hart_.x[jump.op.rs1] + u32(jump.op.imm)) & ~Address{1};
}

/// A loop's last instruction leaves the fetch stage while every line hits. False when the loop does
/// not go on, or with care.
bool Core::take_loop_end(const Slot& slot) {
    const isa::HardwareLoop* const loop = sequencer_.ending_loop(slot, sequencer_.way());
    if (loop == nullptr || fetch_.has_current())
        return false;
    fetch_.take_loop_end(
        {.pc = slot.pc, .is_compressed = slot.op.size == 2},
        {.pc = loop->start, .is_compressed = sequencer_.decoded(loop->start).op.size == 2});
    return true;
}

/// Behind the last instruction of a hardware loop's body: true when the loop goes on. Costs
/// nothing where its start has come in time, and hazards reach across the back edge.
bool Core::loops_back() {
    const isa::HardwareLoop* const loop = sequencer_.count_loop();
    if (loop == nullptr)
        return false;
    enter(loop->start);
    if (fetch_.is_clocked())
        return true;
    const Cycles decoded = fetch_.follow_back_edge(now_ - 1);
    if (decoded + 2 > now_)
        delay(Stall::jump, decoded + 2 - now_);
    fetch_.arrive(hart_.pc);
    return true;
}

/// What has left decode stays what it is: the instruction in EX, and the one before it for the
/// hazards.
void Core::code_changes(Address first, Address last) {
    const Slot* const previous = scoreboard_.previous();
    const Slot* const copy = sequencer_.keep(first, last, is_in_ex());
    if (copy == nullptr)
        return;
    if (Retired& retired = probes.instruction.previous(); retired.slot == previous)
        retired.slot = copy;
    scoreboard_.set_previous(copy);
}

void Core::decode_slot() {
    if (code_.decode(sequencer_.front(), hart_.pc, sequencer_.mode()))
        return;
    const std::string what = fmt::format(
        "instruction fetch from {:#010x}, where there is no memory; the last jump was at {:#010x}",
        hart_.pc, jumped_from_);
    if (config_.bus_errors == BusErrors::fault)
        fault(what);
    const u32 word = config_.address_map.error_word(hart_.pc);
    tell_misuse(fmt::format("{}; an error slave answers {:#010x}, which is executed", what, word));
    const u32 rotated = (hart_.pc & 2) == 0 ? word : std::rotr(word, 16);
    code_.decode_word(sequencer_.front(), hart_.pc, sequencer_.mode(), rotated);
}

}  // namespace flexv::core
