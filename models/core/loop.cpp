// SPDX-License-Identifier: Apache-2.0
// The loop: plain instructions in a tight loop, up to the next access, and on from its grant.
// Everything else leaves it for one step.
#include "core/hot_path.hpp"

namespace flexv::core {

/// Leaves the tight loop in front of `slot` at cycle `now`, behind instructions of one cycle each
/// that began at `started`.
[[gnu::always_inline]] inline void Core::stand_at(Slot* slot, const Slot* previous, Cycles started,
                                                  Cycles now) {
    if (now != started) {
        late_before_ = now - started == 1 ? late_ : 0;
        late_ = 0;
        fetch_.stand_at(now - 2);
    }
    if (slot != slot_)
        hart_.pc = slot->pc;
    slot_ = slot;
    now_ = now;
    previous_ = previous;
}

/// Instructions of one cycle that nobody else can see, and branches inside a page: the hot loop of
/// the simulator. Ends in front of everything else, and where a line has to be asked for. None of
/// these delivers anything late, so only the first one could have to wait for its predecessor: the
/// caller has seen that it need not.
[[gnu::always_inline]] inline void Core::run_plain(Cycles horizon) {
    Slot* slot = slot_;
    const Slot* previous = previous_;
    Cycles now = now_;
    Cycles started = now;  // of the instructions since the last jump
    fetch_.catch_up();
    try {
        do {
            const u8 flags = slot->flags;
            if ((flags & ~(kLineStart | kBranch)) != 0)
                break;
            if ((flags & kLineStart) != 0 && !fetch_.takes_line(last_line(*slot)))
                break;
            const bool cares = fetch_.needs_care();
            if (cares && (hart_.mie || !fetch_.flows_on(slot->pc, slot->op.size)))
                break;
            if ((flags & kBranch) == 0) {
                Stretch stretch = Stretch::at(*slot);
                const Cycles most = cares ? 1 : horizon - now;
                if (stretch.length() > most) [[unlikely]]
                    stretch = stretch.cut(*slot, unsigned(most));
                if (stretch.lines() != 0 &&
                    !fetch_.takes_lines_behind(last_line(*slot), stretch.lines()))
                    stretch = stretch.cut_at_line(*slot);
                Slot* const last = slot->chain(hart_, slot, stretch.way(), executed_.data());
                fetch_.follow(stretch.path());
                now += stretch.length();
                previous = last;
                slot = last + last->step;
                continue;
            }
            hart_.pc = slot->pc;
            hart_.next_pc = kNotTaken;
            executes_[slot->row](hart_, slot->op);
            ++executed_[slot->row];
            fetch_.follow_one(pops_word(*slot));
            ++now;
            if (hart_.next_pc == kNotTaken) {
                previous = slot;
                slot += slot->step;
                continue;
            }
            stand_at(slot, previous, started, now);
            take_branch(hart_.next_pc);
            if (!fetch_.flows_into(now_))
                return;
            slot = slot_;
            now = started = now_;
            previous = nullptr;
            if ((slot->flags & ~(kLineStart | kBranch)) != 0)
                return;
            fetch_.catch_up();
        } while (now < horizon);
    } catch (const isa::Trap& trap) {
        for (; &slot->op != trap.operands; slot += slot->step)  // those before it have executed
            ++now;
        decoded_ = now - 1;
        stand_at(slot, nullptr, started, now);
        throw;
    }
    stand_at(slot, previous, started, now);
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
            if ((slot_->flags & ~(kLineStart | kBranch)) == 0 && (late_ & slot_->uses) == 0 &&
                fetch_.flows_into(now_)) {
                run_plain(horizon);
                if (now_ >= horizon || fetch_.needs_care()) [[unlikely]]
                    continue;
            }
            const Slot& slot = *slot_;
            if (slot.flags == kSpecial && slot.access.mode != isa::AddressMode::none) [[likely]] {
                if (must_look_behind(slot)) [[unlikely]]
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
    if (now != access_.requested) [[unlikely]]
        book_wait(now);
    if (access_.part == Part::whole) [[likely]]
        access_.response = data;
    else if (!join_part(now, data))
        return;
    now_ = now;
    try {
        if (hart_.mie && ends_in_interrupt(now)) [[unlikely]]
            replay_event_load();
        else
            finish_access();
    } catch (const isa::Trap& trap) {
        decoded_ = access_.entered - 1;
        return raise(trap);
    } catch (const Fault& fault) {
        return raise(fault);
    }
    go_on();
}

[[gnu::always_inline]] inline void Core::finish_access() {
    const Slot& slot = *slot_;
    execute(slot);
    leave_ex(slot);
    if (access_.is_write) {
        if (access_.path <= DataPath::test_and_set)
            tell_written_code();
    } else if (slot.timing == isa::Timing::mac_load) {
        ++refills_;
        load_only_ += slot.op.rd == 0 ? 1 : 0;
    } else if (slot.timing == isa::Timing::event_load) {
        const bool sees_itself = slot.op.rd != 0 && slot.op.rd == slot.op.rs1;  // z_cl_scan
        drain(pipeline::kEventLoad + (sees_itself ? 1 : 0));
    }
    if (access_.path == DataPath::test_and_set && !access_.is_write) [[unlikely]]
        tell_written_code();
}

/// Whoever holds decoded instructions of the word that was written must forget them.
[[gnu::always_inline]] inline void Core::tell_written_code() {
    const u32 offset = access_.address & hart_.window.offset_mask;
    if (code_words_->meets_access(offset, access_.bytes)) [[unlikely]] {
        state_ = State::running;  // the store has left EX, its successor may be what it wrote
        const Log::Scope about({.initiator = name(), .pc = hart_.pc}, &clock_, now_);
        tcdm_->code_written(offset, access_.bytes);
    }
}

}  // namespace flexv::core
