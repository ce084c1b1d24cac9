// SPDX-License-Identifier: Apache-2.0
// The loop: plain instructions in a tight loop, up to the next access, and on from its grant.
// Everything else leaves it for one step.
#include "core/core.hpp"
#include "core/pipeline/costs.hpp"

#include <algorithm>

namespace flexv::core {

/// `slot` is in front, and could be in EX in cycle `now`.
[[gnu::always_inline]] inline void Core::stand_at(Slot& slot, Cycles now) {
    hart_.pc = slot.pc;
    sequencer_.set_front(slot);
    now_ = now;
}

/// Leaves the tight loop in front of `slot` at cycle `now`, behind instructions of one cycle each
/// that began at `started`.
[[gnu::always_inline]] inline void Core::commit(Slot& slot, const Slot* previous, Cycles started,
                                                Cycles now) {
    if (now != started)
        scoreboard_.pass(now - started);
    scoreboard_.set_previous(previous);
    stand_at(slot, now);
}

/// The block that begins at `slot`, as far as it can be executed at once: `most` instructions, and
/// in lines that are held. Null when it can not.
[[gnu::always_inline]] inline BasicBlock* Core::block_in_reach(Slot& slot, Cycles most) {
    if (!is_plain(slot.flags))
        return nullptr;
    BasicBlock* block = slot.block;
    if (block == nullptr) [[unlikely]]
        block = code_.find_block(slot, sequencer_.mode());
    if ((block->begins_line() && !fetch_.takes_line(block->line())))
        return nullptr;
    if (fetch_.needs_care()) [[unlikely]] {
        most = hart_.mie ? 0 : std::min(most, Cycles{fetch_.length_within_line(*block)});
        if (most == 0)
            return nullptr;
    }
    if (block->cycles() > most) [[unlikely]]
        block = &block->prefix(unsigned(most));
    if (block->lines() != 0 && !fetch_.takes_lines_behind(*block, hart_.mie))
        block = &block->prefix(block->length_in_line());
    return block;
}

[[gnu::always_inline]] inline void Core::execute(BasicBlock& block) {
    hart_.pc = block.last_pc();
    hart_.next_pc = kNotTaken;
    block.execute(hart_);
}

/// The branch at the end of `block` is taken in the cycle before `now`, to a line that is held:
/// what take_branch() does in the general case.
/// \returns the cycle in which the target is in EX; 0 and does nothing for the general case
[[gnu::always_inline]] inline Cycles Core::branch_behind(const BasicBlock& block, Cycles now) {
    const Slot* const target = block.target();
    if (target == nullptr || (target->flags & kUndecoded) != 0 || costs_in_shadow(block.end()) ||
        !fetch_.may_branch_to(target->pc, block.end().pc)) [[unlikely]]
        return 0;
    counters_.add(Event::taken_branch);
    jumped_from_ = block.last_pc();
    scoreboard_.clear();
    const bool needs_two_words = (target->pc & 2) != 0 && target->op.size == 4;
    const Cycles enters = fetch_.leave(now - 1, needs_two_words) + 2;
    counters_.stall(Stall::jump, enters - now);
    return enters;
}

/// Whole blocks one behind the other while nothing is asked of the instruction cache, from `block`
/// on, whose first instruction is in EX in cycle `now`; behind an access, which executes now, that
/// is the next one. Ends with the request of an access, and in front of everything else. No
/// instruction of a block delivers anything late, so only the first one may have waited for its
/// predecessor.
[[gnu::always_inline]] inline Core::Leaves Core::run_blocks(BasicBlock* block, bool waits,
                                                            Cycles now, Cycles horizon) {
    Lead lead = fetch_.lead_in_front();
    const Cycles stays = fetch_.stays(now);
    const Passage& first = block->passage();
    if (!can_pass(*block, lead, stays) || !fits(now, now + Cycles{first.length}, horizon))
        [[unlikely]]
        return Leaves::stuck;
    leave_predecessor(*block, waits);
    scoreboard_.pass(Cycles{first.length});
    fetch_.enter_lines(first);
    FetchUnit::pass(lead, first, stays);
    counters_.instructions.add(*block);
    now += Cycles{first.length};
    const Cycles first_end = now;
    try {
        for (;;) {
            execute(*block);
            if (block->access_behind() != nullptr)
                return ask_behind(*block, lead, now);
            BasicBlock* next = nullptr;
            if (hart_.next_pc == kNotTaken) {
                next = block->end().block;
                if (next == nullptr || next->begins_with_access() || !can_pass(*next, lead, 0) ||
                    !fits(now, now + Cycles{next->passage().length}, horizon))
                    break;
                fetch_.count_lines(block->passage(), next->passage());
            } else {
                next = target_behind(*block, now, horizon);
                if (next == nullptr) [[unlikely]]
                    return branch_alone(*block, lead, now);
                const Passage& entry = next->way_in();
                lead = FetchUnit::lead_behind_branch(entry);
                now += FetchUnit::bubbles_of_branch(entry);
                fetch_.count_lines(block->passage(), entry);
                if (next->begins_with_access())
                    return ask_at(*next, lead, now);
            }
            block = next;
            const Passage& way = block->passage();
            scoreboard_.clear();
            lead.follow(way.path);
            counters_.instructions.add(*block);
            now += Cycles{way.length};
        }
    } catch (const isa::Trap& trap) {
        const Cycles begun = now - Cycles{block->passage().length};
        if (now != first_end)
            fetch_.commit(begun - 2);
        stop_in_front_of(trap, *block, begun);
        throw;
    }
    leave(*block, lead, now);
    stand_at(block->end(), now);
    return Leaves::idle;
}

/// `block` has been executed: an instruction that flows behind it is in EX in cycle `now`.
[[gnu::always_inline]] inline void Core::leave(BasicBlock& block, Lead lead, Cycles now) {
    fetch_.end(lead, block.passage().last_line, block.use(user()).lines, now);
    scoreboard_.set_previous(&block.last());
}

/// `block` was about to be executed from cycle `begun` on, and counts as that.
void Core::stop_in_front_of(const isa::Trap& trap, BasicBlock& block, Cycles begun) {
    Slot* slot = &block.first();
    Cycles now = begun;
    counters_.instructions.take_back(block);
    find_trap(trap, block, slot, now);
    scoreboard_.set_previous(nullptr);
    stand_at(*slot, now);
}

/// Nothing is asked of the cache for `block`, or for what it has behind an access, with the stage
/// at `lead` in front of that.
[[gnu::always_inline]] inline bool Core::can_pass(BasicBlock& block, Lead lead, Cycles stays) {
    const Passage& way = block.passage();
    return way.length != 0 &&
           fetch_.lets_pass(lead, way, block.use(user()).lines, stays, hart_.mie);
}

/// What executes from cycle `now` on ends before `horizon`, which moves when nobody else acts.
[[gnu::always_inline]] inline bool Core::fits(Cycles now, Cycles end, Cycles& horizon) {
    return end <= horizon || moves_horizon(now, end, horizon);
}

/// The core would come back at the horizon, and be the only one that acts until then.
bool Core::moves_horizon(Cycles now, Cycles end, Cycles& horizon) {
    while (horizon < end) {
        const Cycles reached = std::max(now, horizon);
        if (hart_.mie || reached >= clock_.timeline.look() ||
            !clock_.timeline.pass_to(*this, reached))
            return false;
        horizon = clock_.timeline.limit();
    }
    return true;
}

/// The access behind `block` has entered EX in the cycle before `now`.
[[gnu::always_inline]] inline Core::Leaves Core::ask_behind(BasicBlock& block, Lead lead,
                                                            Cycles now) {
    leave(block, lead, now);
    stand_at(*block.access_behind(), now - 1);
    return ask_for(*block.access_behind()) ? Leaves::granted : Leaves::asked;
}

/// The access in front of `block` is the target of a branch, and enters EX in cycle `now`.
[[gnu::always_inline]] inline Core::Leaves Core::ask_at(BasicBlock& block, Lead lead, Cycles now) {
    const Passage& entry = block.entry();
    lead.follow(entry.path);
    fetch_.end(lead, entry.last_line, block.use(user()).entry, now + 1);
    scoreboard_.flush();
    stand_at(block.first(), now);
    return ask_for(block.first()) ? Leaves::granted : Leaves::asked;
}

/// The branch at the end of `block` is taken in the cycle before `now`. What it leads to, when that
/// is a block and nothing else has to be done; then it is counted.
[[gnu::always_inline]] inline BasicBlock* Core::target_behind(const BasicBlock& block, Cycles now,
                                                              Cycles& horizon) {
    const Slot* const slot = block.target();
    if (slot == nullptr || slot->block == nullptr || costs_in_shadow(block.end()))
        return nullptr;
    BasicBlock& target = *slot->block;
    const Passage& entry = target.way_in();
    BasicBlock::Use& use = target.use(user());
    HeldLines& lines = target.begins_with_access() ? use.entry : use.lines;
    const Cycles enters = now + FetchUnit::bubbles_of_branch(entry);
    if (entry.length == 0 ||
        !fetch_.lets_pass(FetchUnit::lead_behind_branch(entry), entry, lines, 0, hart_.mie) ||
        !fits(enters, enters + Cycles{entry.length}, horizon))
        return nullptr;
    counters_.add(Event::taken_branch);
    counters_.stall(Stall::jump, enters - now);
    jumped_from_ = block.last_pc();
    return &target;
}

/// The branch at the end of `block` in the general case.
Core::Leaves Core::branch_alone(BasicBlock& block, Lead lead, Cycles now) {
    leave(block, lead, now);
    stand_at(block.last(), now);
    take_branch(hart_.next_pc);
    return Leaves::idle;
}

/// What is before the plain instructions of `block`, maybe an access that belongs to it, has left
/// EX; the next instruction has waited for what it delivers late, or not.
[[gnu::always_inline]] inline void Core::leave_predecessor(const BasicBlock& block, bool waits) {
    counters_.stall(Stall::load_use, Cycles{waits ? 1U : 0U});
    if (block.begins_with_access()) {
        const Slot& slot = block.first();
        scoreboard_.leave(slot, waits);
        if (slot.timing == isa::Timing::mac_load)
            count_refill(slot);
    } else if (waits) {
        scoreboard_.deliver();
    }
}

/// From the instruction in front, which is plain, in blocks.
[[gnu::always_inline]] inline Core::Leaves Core::run_blocks(Cycles horizon) {
    Slot& slot = sequencer_.front();
    BasicBlock* block = slot.block;
    if (block == nullptr) [[unlikely]]
        block = code_.find_block(slot, sequencer_.mode());
    const bool waits = scoreboard_.stalls(slot);
    return run_blocks(block, waits, now_ + Cycles{waits ? 1U : 0U}, horizon);
}

/// The same with care, where it turns out that none is needed.
Core::Leaves Core::run_blocks_with_care() {
    const Cycles horizon = clock_.timeline.limit();
    const bool can_run =
        is_plain(sequencer_.front().flags) && fetch_.is_unclocked() && !hart_.mie && now_ < horizon;
    return can_run ? run_blocks(horizon) : Leaves::stuck;
}

/// Instructions of one cycle that nobody else can see, and branches, as far as lines and horizon
/// let them go: what run_blocks() leaves.
void Core::run_plain(Cycles horizon) {
    Slot* slot = &sequencer_.front();
    const Slot* previous = scoreboard_.previous();
    Cycles now = now_;
    Cycles started = now;  // of the instructions since the last jump
    const BasicBlock* block = nullptr;
    fetch_.catch_up();
    try {
        do {
            BasicBlock* const next = block_in_reach(*slot, horizon - now);
            if (next == nullptr)
                break;
            block = next;
            execute(*next);
            counters_.instructions.add(*next);
            fetch_.follow(next->path());
            now += block->cycles();
            previous = &block->last();
            slot = &block->end();
            if (hart_.next_pc == kNotTaken)
                continue;
            const Cycles enters = branch_behind(*block, now);
            if (enters == 0) [[unlikely]] {
                fetch_.commit(now - 2);
                commit(block->last(), nullptr, started, now);
                take_branch(hart_.next_pc);
            }
            slot = enters != 0 ? block->target() : &sequencer_.front();
            now = started = enters != 0 ? enters : now_;
            previous = nullptr;
            if (!fetch_.flows_into(now))
                break;
            fetch_.catch_up();
        } while (now < horizon);
    } catch (const isa::Trap& trap) {
        find_trap(trap, *block, slot, now);
        commit(*slot, nullptr, started, now);
        throw;
    }
    if (now != started)
        fetch_.commit(now - 2);
    commit(*slot, previous, started, now);
}

/// What `block`, which began at `slot` in cycle `now`, has executed in front of a trap: those
/// instructions are counted, and slot and cycle become those of the trap.
void Core::find_trap(const isa::Trap& trap, const BasicBlock& block, Slot*& slot, Cycles& now) {
    const unsigned count = block.instructions_before(*trap.operands);
    for (unsigned i = 0; i < count; ++i, slot += slot->step)
        counters_.instructions.add(slot->row);
    if (block.begins_with_access() && count == 0) {
        now = now_;
        decoded_ = load_store_.access().entered - 1;
        return;
    }
    const Cycles passed{block.begins_with_access() ? count - 1 : count};
    decoded_ = passed == 0 ? fetch_.decoded() : now + passed - 1;
    now += passed;
    if (passed != 0)
        fetch_.commit(now - 2);
}

/// The access in EX has been granted in cycle now_: its row executes, and the core goes on.
[[gnu::always_inline]] inline Core::Leaves Core::complete_access() {
    state_ = State::running;
    Slot& slot = sequencer_.front();
    BasicBlock* block = slot.block;
    if (block == nullptr && begins_block(slot)) [[unlikely]]
        block = code_.find_block(slot, sequencer_.mode());
    if (block != nullptr && !hart_.mie && fetch_.is_unclocked() && !load_store_.touches_code())
        [[likely]] {
        const bool waits = block->stalls_behind_access();
        const Cycles next = now_ + Cycles{waits ? 2U : 1U};
        const Leaves leaves = run_blocks(block, waits, next, clock_.timeline.limit());
        if (leaves != Leaves::stuck) [[likely]]
            return leaves;
    }
    complete_access_alone();
    return Leaves::idle;
}

void Core::complete_access_alone() {
    state_ = State::running;
    try {
        if (hart_.mie && ends_in_interrupt(now_)) [[unlikely]]
            replay_event_load();
        else
            finish_access();
    } catch (const isa::Trap&) {
        decoded_ = load_store_.access().entered - 1;
        throw;
    }
}

/// Runs until the core needs something that others can see, or has run ahead far enough.
/// \param is_granted the access in EX has been granted in cycle now_
[[gnu::always_inline]] inline void Core::go_on(bool is_granted) {
    state_ = State::running;
    Leaves leaves = is_granted ? Leaves::granted : Leaves::idle;
    try {
        for (;;) {
            if (leaves == Leaves::granted)
                leaves = complete_access();
            if (leaves == Leaves::asked)
                return;
            if (leaves == Leaves::granted)
                continue;
            if (fetch_.needs_care()) [[unlikely]] {
                leaves = run_blocks_with_care();
                if (leaves != Leaves::stuck)
                    continue;
                if (!prepare())
                    return;
            }
            Cycles horizon = clock_.timeline.limit();
            if (hart_.mie && heed_interrupt(horizon)) [[unlikely]]
                continue;
            if (now_ >= horizon) [[unlikely]] {
                if (!fetch_.needs_care() && clear_obstacle())
                    continue;
                fetch_.keep_going();
                if (now_ > clock_.timeline.now() && clock_.timeline.pass_to(*this, now_))
                    continue;
                clock_.timeline.schedule(*this, now_);
                return;
            }
            if (is_plain(sequencer_.front().flags)) {
                if (!fetch_.needs_care()) [[likely]] {
                    leaves = run_blocks(horizon);
                    if (leaves != Leaves::stuck)
                        continue;
                }
                const Cycles before = now_;
                if (!scoreboard_.stalls(sequencer_.front()) && fetch_.flows_into(now_)) {
                    const bool cares = fetch_.needs_care();
                    run_plain(horizon);
                    const bool is_prepared = cares && now_ == before;
                    if (now_ >= horizon || (fetch_.needs_care() && !is_prepared)) [[unlikely]]
                        continue;
                }
            }
            const Slot& slot = sequencer_.front();
            if (is_access(slot)) [[likely]] {
                if (fetch_.waits_for_line(slot) || must_look_behind(slot)) [[unlikely]]
                    continue;
                leaves = begin_access(slot) ? Leaves::granted : Leaves::asked;
                continue;
            }
            if (step_special() == Next::yield)
                return;
        }
    } catch (const isa::Trap& trap) {
        raise(trap);
    } catch (const Fault& fault) {
        raise(fault);
    }
}

void Core::run() { go_on(false); }

/// The request in flight is granted: the row executes and the core goes on.
void Core::granted(Cycles now, u32 data) {
    if (now != load_store_.access().requested) [[unlikely]]
        book_wait(now);
    if (load_store_.take(data)) [[likely]] {
        now_ = now;
    } else {
        count_split();
        if (!send_part(now + 1))
            return;
    }
    go_on(true);
}

[[gnu::always_inline]] inline void Core::finish_access() {
    const Slot& slot = sequencer_.front();
    execute(slot);
    leave_ex(slot);
    if (slot.timing == isa::Timing::mac_load) {
        count_refill(slot);
    } else if (slot.timing == isa::Timing::event_load) {
        const bool sees_itself = slot.op.rd != 0 && slot.op.rd == slot.op.rs1;  // z_cl_scan
        drain(pipeline::kEventLoad + Cycles{sees_itself ? 1U : 0U});
    }
    if (load_store_.touches_code()) [[unlikely]]
        tell_written_code();
}

[[gnu::always_inline]] inline void Core::count_refill(const Slot& slot) {
    counters_.add(Event::refill);
    counters_.add(Event::load_only, slot.op.rd == 0 ? 1 : 0);
}

/// Whoever holds decoded instructions of the word that was written must forget them.
void Core::tell_written_code() {
    state_ = State::running;  // the store has left EX, its successor may be what it wrote
    const Log::Scope about({.initiator = name(), .pc = hart_.pc}, &clock_, now_);
    load_store_.tell_written_code();
}

}  // namespace flexv::core
