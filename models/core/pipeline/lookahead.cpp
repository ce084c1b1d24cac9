// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/lookahead.hpp"

#include <algorithm>

namespace flexv::core {

std::optional<Cycles> Lookahead::prepare(Cycles now) {
    const Slot& slot = sequencer_.front();
    // What has left decode empty is still looked at there, and waits for itself in EX.
    const Slot* const previous = scoreboard_.previous();
    const bool sees_itself = previous != nullptr && (previous->late & previous->uses) != 0;
    Front front = sequencer_.fetched(slot, sequencer_.way());
    front.flows = flows(slot);
    front.jump_target = early_target(slot, previous);
    return fetch_.prepare(front, sees_itself ? now : now - 1);
}

Cycles Lookahead::redirect(Cycles cycle, Slot& behind, bool takes_behind) {
    const Address pc = behind.pc;
    return fetch_.redirect(
        cycle, sequencer_.fetched(sequencer_.front(), sequencer_.way()),
        sequencer_.fetched(sequencer_.decoded(pc), {.pc = pc, .counts = sequencer_.way().counts}),
        takes_behind);
}

/// One cycle in EX and straight on, or a branch.
bool Lookahead::flows(const Slot& slot) const {
    const bool is_short = slot.timing == isa::Timing::single || slot.timing == isa::Timing::branch;
    return is_short && (slot.flags & (kIllegal | kStop | kLoopEnd)) == 0 && !hart_.mie;
}

/// `slot` is in decode and enters EX in cycle `enters`: tells the fetch stage what follows.
void Lookahead::clock_behind(const Slot& slot, Cycles enters) {
    using enum isa::Timing;
    const Sequencer::Way here = sequencer_.way();
    const Sequencer::Way next = sequencer_.behind(slot, here);
    const Slot& second = sequencer_.decoded(next.pc);
    const Address jump_target = early_target(second, &slot);
    fetch_.set_ready(enters - 1);
    const bool ends_loop = sequencer_.ending_loop(slot, here) != nullptr;
    if (!ends_loop && fetch_.may_stop_clock() && holds_loops(next.pc) &&
        is_within_reach(second, next, jump_target, FetchStage::reach_behind(next.pc + 4)) &&
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
bool Lookahead::goes_out_of_reach(const Slot& before) {
    if (!fetch_.has_port())
        return false;
    const Slot& next = sequencer_.decoded(before.pc + before.op.size);
    const Address reach = FetchStage::reach_behind(next.pc + next.op.size);
    if (is_within_reach(next, sequencer_.behind(before, sequencer_.way()),
                        early_target(next, &before), reach))
        return false;
    fetch_.take_care();
    return true;
}

/// The loops around `pc` go back to lines that are held. Others come only by the clock, so this
/// stays true without it.
bool Lookahead::holds_loops(Address pc) {
    return std::ranges::all_of(hart_.loops, [&](const isa::HardwareLoop& loop) {
        const bool is_inside = loop.count >= 2 && loop.start <= pc && pc <= loop.end;
        return !is_inside || fetch_.reaches(loop.start);
    });
}

/// Nothing is asked of the cache while `slot` stays in decode: it jumps to `jump_target` from
/// there, ends a loop, or else the stage asks for what lies up to `reach`.
bool Lookahead::is_within_reach(const Slot& slot, const Sequencer::Way& way, Address jump_target,
                                Address reach) {
    if (jump_target != FetchStage::kNone)
        return fetch_.reaches(jump_target);
    const isa::HardwareLoop* const loop = sequencer_.ending_loop(slot, way);
    return loop != nullptr ? fetch_.reaches(loop->start) : fetch_.holds(reach);
}

/// Where `jump` sends the fetch stage in its first cycle in decode, while `before` is in EX (null:
/// it has left it); kNone for anything else, and when it has to wait for its register.
Address Lookahead::early_target(const Slot& jump, const Slot* before) const {
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
bool Lookahead::take_loop_end(const Slot& slot) {
    const isa::HardwareLoop* const loop = sequencer_.ending_loop(slot, sequencer_.way());
    if (loop == nullptr || fetch_.has_current())
        return false;
    fetch_.take_loop_end(
        {.pc = slot.pc, .is_compressed = slot.op.size == 2},
        {.pc = loop->start, .is_compressed = sequencer_.decoded(loop->start).op.size == 2});
    return true;
}

}  // namespace flexv::core
