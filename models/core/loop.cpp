// SPDX-License-Identifier: Apache-2.0
// The loop: plain instructions in a tight loop, up to the next access, and on from its grant.
// Everything else leaves it for one step.
#include "core/core.hpp"
#include "core/pipeline/costs.hpp"

namespace flexv::core {

/// Leaves the tight loop in front of `slot` at cycle `now`, behind instructions of one cycle each
/// that began at `started`.
[[gnu::always_inline]] inline void Core::commit(Slot& slot, const Slot* previous, Cycles started,
                                                Cycles now) {
    if (now != started) {
        scoreboard_.pass(now - started);
        fetch_.commit(now - 2);
    }
    hart_.pc = slot.pc;
    sequencer_.set_front(slot);
    now_ = now;
    scoreboard_.set_previous(previous);
}

/// The block that begins at `slot`, as far as it can be executed at once: `most` instructions, and
/// in lines that are held. Null when it can not.
[[gnu::always_inline]] inline BasicBlock* Core::block_in_reach(Slot& slot, Cycles most) {
    BasicBlock* block = slot.block;
    if (block == nullptr) [[unlikely]]
        block = is_plain(slot.flags) ? code_.find_block(slot, sequencer_.mode()) : nullptr;
    if (block == nullptr || (block->begins_line() && !fetch_.takes_line(block->line())))
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
    counters_.instructions.add(block);
    fetch_.follow(block.path());
}

/// The branch at the end of `block` is taken in the cycle before `now`, to a line that is held:
/// what take_branch() does in the general case.
/// \returns the cycle in which the target is in EX; 0 and does nothing for the general case
[[gnu::always_inline]] inline Cycles Core::branch_behind(const BasicBlock& block, Cycles now) {
    const Slot* const target = block.target();
    if (target == nullptr || (target->flags & kUndecoded) != 0 ||
        (block.end().flags & (kUndecoded | kSpecial)) != 0 ||
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

/// Instructions of one cycle that nobody else can see, and branches: the hot loop of the simulator.
/// Ends in front of everything else, and where a line has to be asked for. None of these delivers
/// anything late, so only the first one could have to wait for its predecessor: the caller has seen
/// that it need not.
[[gnu::always_inline]] inline void Core::run_plain(Cycles horizon) {
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
            now += block->cycles();
            previous = &block->last();
            slot = &block->end();
            if (hart_.next_pc == kNotTaken)
                continue;
            const Cycles enters = branch_behind(*block, now);
            if (enters == 0) [[unlikely]] {
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
        now += count_before(trap, *block, slot);
        decoded_ = now - 1;
        commit(*slot, nullptr, started, now);
        throw;
    }
    commit(*slot, previous, started, now);
}

/// What `block` has executed in front of a trap: those instructions are counted, and `slot` becomes
/// that of the trap.
Cycles Core::count_before(const isa::Trap& trap, const BasicBlock& block, Slot*& slot) {
    const unsigned count = block.instructions_before(*trap.operands);
    for (unsigned i = 0; i < count; ++i, slot += slot->step)
        counters_.instructions.add(slot->row);
    return Cycles{count};
}

/// Runs until the core needs something that others can see, or has run ahead far enough.
[[gnu::always_inline]] inline void Core::go_on() {
    state_ = State::running;
    try {
        for (;;) {
            if (fetch_.needs_care() && !prepare()) [[unlikely]]
                return;
            Cycles horizon = clock_.timeline.limit();
            if (hart_.mie && heed_interrupt(horizon)) [[unlikely]]
                continue;
            if (now_ >= horizon) [[unlikely]] {
                if (!fetch_.needs_care() && clear_obstacle())
                    continue;
                fetch_.keep_going();
                clock_.timeline.schedule(*this, now_);
                return;
            }
            if (is_plain(sequencer_.front().flags) && !scoreboard_.stalls(sequencer_.front()) &&
                fetch_.flows_into(now_)) {
                const Cycles before = now_;
                const bool cares = fetch_.needs_care();
                run_plain(horizon);
                const bool is_prepared = cares && now_ == before;
                if (now_ >= horizon || (fetch_.needs_care() && !is_prepared)) [[unlikely]]
                    continue;
            }
            const Slot& slot = sequencer_.front();
            if ((slot.flags & ~kLineStart) == kSpecial &&
                slot.access.mode != isa::AddressMode::none) [[likely]] {
                if (fetch_.waits_for_line(slot) || must_look_behind(slot)) [[unlikely]]
                    continue;
                begin_access(slot);
                return;
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

void Core::run() { go_on(); }

/// The request in flight is granted: the row executes and the core goes on.
void Core::granted(Cycles now, u32 data) {
    if (now != load_store_.access().requested) [[unlikely]]
        book_wait(now);
    if (!load_store_.take(data)) [[unlikely]]
        return send_second_part(now);
    now_ = now;
    try {
        if (hart_.mie && ends_in_interrupt(now)) [[unlikely]]
            replay_event_load();
        else
            finish_access();
    } catch (const isa::Trap& trap) {
        decoded_ = load_store_.access().entered - 1;
        return raise(trap);
    } catch (const Fault& fault) {
        return raise(fault);
    }
    go_on();
}

[[gnu::always_inline]] inline void Core::finish_access() {
    const Slot& slot = sequencer_.front();
    execute(slot);
    leave_ex(slot);
    const LoadStoreUnit::Access& access = load_store_.access();
    if (access.is_write) {
        if (load_store_.is_in_tcdm())
            tell_written_code();
    } else if (slot.timing == isa::Timing::mac_load) {
        counters_.add(Event::refill);
        counters_.add(Event::load_only, slot.op.rd == 0 ? 1 : 0);
    } else if (slot.timing == isa::Timing::event_load) {
        const bool sees_itself = slot.op.rd != 0 && slot.op.rd == slot.op.rs1;  // z_cl_scan
        drain(pipeline::kEventLoad + Cycles{sees_itself ? 1U : 0U});
    }
    if (access.path == DataPath::test_and_set && !access.is_write) [[unlikely]]
        tell_written_code();
}

/// Whoever holds decoded instructions of the word that was written must forget them.
[[gnu::always_inline]] inline void Core::tell_written_code() {
    if (load_store_.meets_code()) [[unlikely]] {
        state_ = State::running;  // the store has left EX, its successor may be what it wrote
        const Log::Scope about({.initiator = name(), .pc = hart_.pc}, &clock_, now_);
        load_store_.tell_written_code();
    }
}

}  // namespace flexv::core
