// SPDX-License-Identifier: Apache-2.0
// What instructions on their way through the pipeline still owe to those behind them: results that
// come late, and what a jump to a register has to wait for. Which instruction delivers and needs
// what is known at decode (hazards.hpp); here is who is where. Plain C++, a value.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"
#include "core/decode/slot.hpp"

namespace flexv::core {

class Scoreboard {
public:
    // What stands in decode.

    /// `slot` needs what the instruction before it delivers late: it stays in decode for a cycle.
    [[nodiscard]] bool stalls(const Slot& slot) const { return (late_ & slot.uses) != 0; }
    /// The instruction before delivers something late.
    [[nodiscard]] bool is_late() const { return late_ != 0; }
    /// Cycles that hazards keep `slot` in decode, which could be in EX in cycle `now`.
    [[nodiscard]] Cycles wait_in_decode(const Slot& slot, Cycles now) const {
        const Cycles load_use{stalls(slot) ? 1U : 0U};
        const bool is_jump = slot.timing == isa::Timing::jump_register;
        return is_jump ? load_use + jump_register_wait(slot, now) : load_use;
    }
    /// The same of a jalr beyond a stall: its target is read in ID, where results of the
    /// instruction before are not yet (docs/spec/timing.md 1.1).
    [[nodiscard]] Cycles jump_register_wait(const Slot& slot, Cycles now) const {
        if (slot.op.rs1 == 0)
            return 0;
        const u64 source = u64{1} << slot.op.rs1;
        if (previous_ == nullptr)  // a jump whose target flows behind it
            return Cycles{now == jumped_ + 1 && (linked_ & source) != 0 ? 1U : 0U};
        const bool is_load = (previous_->late & source) != 0;
        const bool is_next = (previous_->writes & source) != 0;
        if (is_next)  // of a load: 1 more than its load-use stall
            return Cycles{fetch_gap_ < (is_load ? 2 : 1) ? 1U : 0U};
        const bool is_second = (late_before_ & source) != 0 && !stalls(slot);
        return Cycles{is_second ? 1U : 0U};
    }
    /// `source` of an instruction in decode has not come; `before` is in EX, null: has left it.
    [[nodiscard]] bool is_pending(unsigned source, const Slot* before) const {
        const u64 pending = late_ | (before != nullptr ? before->writes | before->late : 0);
        return source != 0 && (pending >> source & 1) != 0;
    }
    /// The fetch brings the jalr in front of decode later by `cycles`.
    void delay_jump_register(Cycles cycles) { fetch_gap_ += cycles; }
    void forget_fetch_gap() { fetch_gap_ = 0; }

    // What moves.

    /// An instruction enters EX, `stalled` for a cycle or not.
    [[gnu::always_inline]] void enter(bool stalled) {
        late_before_ = stalled ? 0 : late_;
        late_ = 0;
    }
    /// It stays in EX: what came late before it is there.
    [[gnu::always_inline]] void hold() { late_before_ = 0; }
    /// It leaves EX.
    [[gnu::always_inline]] void leave(const Slot& slot) {
        late_ = slot.late;
        previous_ = &slot;
    }
    /// It leaves EX, and its successor has `waited` for what it delivers late, or not.
    [[gnu::always_inline]] void leave(const Slot& slot, bool waited) {
        late_ = waited ? 0 : slot.late;
        previous_ = &slot;
    }
    /// In `cycles`, 1 or more, nothing has left EX that delivers anything late.
    [[gnu::always_inline]] void pass(Cycles cycles) {
        late_before_ = cycles == 1 ? late_ : 0;
        late_ = 0;
    }
    /// What the instruction before delivers late has come.
    void deliver() { late_ = 0; }
    /// Bubbles in front of a jump's target cover every hazard.
    [[gnu::always_inline]] void clear() { late_ = late_before_ = 0; }
    /// And there is nobody before the instruction in front.
    [[gnu::always_inline]] void flush() {
        clear();
        previous_ = nullptr;
    }
    /// `jump` is in EX in cycle `now`; what it delivers, or what was late before it, its target has
    /// to wait for.
    void jump(const Slot& jump, Cycles now) {
        jumped_ = now;
        linked_ = jump.writes | late_before_;
    }

    // The instruction before.

    /// The sequential predecessor of the one in front; null behind a jump or a drain.
    [[nodiscard]] const Slot* previous() const { return previous_; }
    /// It is what it was, elsewhere.
    [[gnu::always_inline]] void set_previous(const Slot* slot) { previous_ = slot; }
    /// Without the predecessor, whose place its owner knows.
    void serialize(StateArchive& archive) {
        archive(late_, late_before_, fetch_gap_, jumped_, linked_);
    }

private:
    u64 late_ = 0;         // resources that the instruction before delivers late
    u64 late_before_ = 0;  // and the one before that
    const Slot* previous_ = nullptr;
    Cycles fetch_gap_ = 0;    // bubbles of the fetch in front of a jalr
    Cycles jumped_ = kNever;  // when the last jump was in EX
    u64 linked_ = 0;          // registers that it delivers, or what was before it delivers late
};

}  // namespace flexv::core
