// SPDX-License-Identifier: Apache-2.0
// The steps that most instructions take, inline: every call less is a percent of speed. For the
// core's own sources.
#pragma once

#include "core/core.hpp"
#include "core/pipeline/costs.hpp"
#include "core/pipeline/hazards.hpp"

#include <algorithm>
#include <utility>

namespace flexv::core {

// An instruction in EX.

/// Decode has taken the instruction; behind its hazards it enters EX at now_.
[[gnu::always_inline]] inline void Core::enter_ex(const Slot& slot) {
    if ((slot.flags & kLoopEnd) == 0 || !take_loop_end(slot)) [[likely]]
        fetch_.take(pops_word(slot));
    const bool stalls = scoreboard_.stalls(slot);
    if (stalls)
        counters_.stall(Stall::load_use, 1), ++now_;
    scoreboard_.enter(stalls);
    fetch_.set_ready(now_ - 1);
}

[[gnu::always_inline]] inline void Core::execute(const Slot& slot) {
    hart_.next_pc = hart_.pc + slot.op.size;
    executes_[slot.row](hart_, slot.op);
    hart_.x[0] = 0;
    counters_.instructions.add(slot.row);
}

/// The instruction leaves EX at the end of cycle now_, its successor follows it.
[[gnu::always_inline]] inline void Core::leave_ex(const Slot& slot) {
    ++now_;
    scoreboard_.leave(slot);
    advance(slot);
}

[[gnu::always_inline]] inline void Core::advance(const Slot& slot) {
    if ((slot.flags & kLoopEnd) != 0 && loops_back())
        return;
    hart_.pc += slot.op.size;
    sequencer_.advance(slot);
}

// Where the next instruction comes from.

/// Makes `target` the next instruction.
[[gnu::always_inline]] inline void Core::enter(Address target) {
    hart_.pc = target;
    sequencer_.go_to(target);
    if ((sequencer_.front().flags & kUndecoded) != 0) [[unlikely]]
        decode_slot();
}

/// The fetch stage is sent to `target` in cycle `cycle`, while `behind` is in front. EX is free
/// from now_ on. The bubbles in front of the target cover every hazard.
[[gnu::always_inline]] inline void Core::leave_for(Address target, Cycles cycle, Stall cause,
                                                   Slot& behind, bool takes_behind) {
    scoreboard_.flush();
    enter(target);
    const bool needs_two_words = (target & 2) != 0 && sequencer_.front().op.size == 4;
    const Cycles decoded = fetch_.may_leave_for(target, cycle, behind.pc)
                               ? fetch_.leave(cycle, needs_two_words)
                               : redirect(cycle, behind, takes_behind);
    const Cycles enters = std::max(now_, decoded + 2);
    counters_.stall(cause, enters - now_);
    now_ = enters;
}

/// The branch left EX at the end of cycle now_ - 1. A multi-cycle instruction behind it is not
/// executed, yet its cycles are lost (docs/spec/timing.md 1.8).
[[gnu::always_inline]] inline void Core::take_branch(Address target) {
    counters_.add(Event::taken_branch);
    const Cycles left = now_ - 1;
    jumped_from_ = hart_.pc;
    Slot& behind = sequencer_.behind_front();
    if ((behind.flags & (kUndecoded | kSpecial)) != 0) {
        const Cycles shadow = cycles_in_shadow(sequencer_.front());
        now_ += shadow;
        counters_.stall(Stall::jump, shadow);
    }
    leave_for(target, left, Stall::jump, behind, true);
}

/// Unless it is prepared already: the instruction needs another line, which needs care.
[[gnu::always_inline]] inline bool Core::waits_for_line(const Slot& slot) {
    if ((slot.flags & kLineStart) == 0 || fetch_.needs_care())
        return false;
    return !fetch_.takes_line(last_line(slot)) || fetch_.needs_care();
}

/// An instruction may stay in EX. Its successor is in decode then, and the fetch stage goes on
/// behind that, maybe to a line that the cache has to be asked for: then the stage is clocked.
[[gnu::always_inline]] inline bool Core::must_look_behind(const Slot& slot) {
    const Slot& next = *(&slot + slot.step);
    const Address reach = FetchUnit::reach_behind(slot.pc + 2U * (slot.step + next.step));
    const bool is_straight = next.timing != isa::Timing::jump &&
                             next.timing != isa::Timing::jump_register &&
                             (next.flags & (kLoopEnd | kUndecoded | kPageEnd)) == 0;
    if (is_straight && fetch_.has_at_hand(slot.pc, reach)) [[likely]]
        return false;
    return !fetch_.is_clocked() && goes_out_of_reach(slot);
}

// Loads and stores.

/// TCDM banks are asked for ahead of time; everything else when the timeline has got there.
[[gnu::always_inline]] inline void Core::send_part(Cycles cycle) {
    load_store_.ask_in(cycle);
    now_ = cycle;
    if (load_store_.is_in_tcdm()) {
        state_ = State::waiting;
        load_store_.ask_tcdm(*this);
    } else {
        schedule(State::requesting);
    }
}

/// The load or store enters EX and asks for its first (usually only) word.
[[gnu::always_inline]] inline void Core::begin_access(const Slot& slot) {
    if (fetch_.is_clocked()) [[unlikely]]
        fetch_.keep_going();
    enter_ex(slot);
    load_store_.begin(slot, hart_, now_);
    send_part(now_);
}

}  // namespace flexv::core
