// SPDX-License-Identifier: Apache-2.0
// The steps that most instructions take, inline: every call less is a percent of speed. For the
// core's own sources.
#pragma once

#include "core/core.hpp"
#include "core/hazards.hpp"
#include "core/pipeline.hpp"

#include <algorithm>
#include <utility>

namespace flexv::core {

// An instruction in EX.

/// Hazards: the instruction enters EX at now_.
[[gnu::always_inline]] inline void Core::enter_ex(const Slot& slot) {
    hides_bubble_ = now_ == held_until_;
    const bool waits = (late_ & slot.uses) != 0;
    if (waits)
        stall(Stall::load_use, 1), ++now_;
    late_before_ = waits ? 0 : late_;
    late_ = 0;
    note_entry(now_);
}

[[gnu::always_inline]] inline void Core::execute(const Slot& slot) {
    hart_.next_pc = hart_.pc + slot.op.size;
    executes_[slot.row](hart_, slot.op);
    hart_.x[0] = 0;
    ++executed_[slot.row];
}

/// The instruction leaves EX at the end of cycle now_, its successor follows it.
[[gnu::always_inline]] inline void Core::leave_ex(const Slot& slot) {
    ++now_;
    late_ = slot.late;
    previous_ = &slot;
    advance(slot);
}

[[gnu::always_inline]] inline void Core::advance(const Slot& slot) {
    if ((slot.flags & kLoopEnd) != 0 && loops_back())
        return;
    hart_.pc += slot.op.size;
    slot_ += slot.step;
}

inline void Core::stall(Stall cause, Cycles cycles) {
    stalls_[unsigned(cause)] += cycles;
    bubbles_ += cycles;
}

// Where the next instruction comes from.

/// True when the fetch stage has `line` or gets it at once.
[[gnu::always_inline]] inline bool Core::takes_line(Address line) {
    if (line == line_)
        return true;
    if (!filter_->take(line))
        return false;
    enter_line(line);
    return true;
}

/// takes_line() for `count` lines behind `line`; false when the fetch stage gets not all of them at
/// once.
[[gnu::always_inline]] inline bool Core::takes_lines_behind(Address line, unsigned count) {
    if (!filter_->take_behind(line, count))
        return false;
    enter_line(line + count * kFetchLineBytes);
    return true;
}

[[gnu::always_inline]] inline void Core::enter_line(Address line) {
    line_ = line;
    line_bubbles_ = bubbles_;
}

/// How much earlier than straight code the prefetch buffer asks for the next line. While EX stalls
/// it asks ahead (base/fetch_port.hpp), and of what it got ahead of the line before one cycle
/// remains.
inline Cycles Core::slack() const {
    return std::min(bubbles_ - jump_bubbles_, bubbles_ - line_bubbles_ + 1);
}

/// As takes_line(), asking the cache; otherwise notes the line as missing.
[[gnu::always_inline]] inline bool Core::has_line(Address address) {
    const Address line = address & ~Address{kFetchLineBytes - 1};
    return takes_line(line) || finds_line(line);
}

inline void Core::restart_slack() { jump_bubbles_ = bubbles_; }

/// Makes `target` the next instruction.
[[gnu::always_inline]] inline void Core::enter(Address target) {
    hart_.pc = target;
    if ((target & ~kPageMask) != page_base_) [[unlikely]]
        enter_page(target & ~kPageMask);
    slot_ = page_ + (target & kPageMask) / 2;
    if ((slot_->flags & kUndecoded) != 0) [[unlikely]]
        decode_slot();
    if (fetch_ != nullptr)
        (void)has_line(target);
}

/// A 32-bit instruction at address mod 4 = 2 needs two words of the fetch port.
[[gnu::always_inline]] inline bool Core::pay_unaligned_target() {
    if ((hart_.pc & 2) == 0 || slot_->op.size != 4)
        return false;
    now_ += pipeline::kUnalignedTarget;
    stall(Stall::jump, pipeline::kUnalignedTarget);
    return true;
}

/// The bubbles in front of the target cover every hazard.
[[gnu::always_inline]] inline void Core::arrive_at(Address target) {
    late_ = 0;
    late_before_ = 0;
    previous_ = nullptr;
    restart_slack();
    enter(target);
    if (std::exchange(pays_unaligned_target_, false))
        pay_unaligned_target();
    note_entry(now_ - 1);  // the target is in decode in this cycle, as behind an instruction in EX
}

/// By the time the fetch stage is redirected it has asked for some `words` behind `pc`. A miss
/// among them holds up the target: it is noted as missing, to be fetched in its cycle.
[[gnu::always_inline]] inline bool Core::wrong_path_misses(Address pc, Cycles left,
                                                           unsigned words) {
    slack_ = std::min<Cycles>(1, slack());
    words += unsigned(slack_);
    const Address last = (pc + 4 * words) & ~Address{kFetchLineBytes - 1};
    return last != line_ && wrong_line_misses(pc, left, words);
}

/// The instruction at hart_.pc was in EX at `left`; its target enters EX at now_ at the earliest.
[[gnu::always_inline]] inline void Core::leave_for(Address target, Cycles left, unsigned words) {
    jumped_from_ = hart_.pc;
    pays_unaligned_target_ = true;
    if (fetch_ != nullptr && wrong_path_misses(hart_.pc, left, words))
        flow_target_ = target;
    else
        arrive_at(target);
}

/// The branch left EX at the end of cycle now_ - 1. A multi-cycle instruction behind it is not
/// executed, yet its cycles are lost (docs/spec/timing.md 1.8).
[[gnu::always_inline]] inline void Core::take_branch(Address target, Cycles bubbles) {
    ++taken_branches_;
    const Cycles left = now_ - 1;
    const Slot& next = *(slot_ + slot_->step);
    if ((next.flags & (kUndecoded | kSpecial)) != 0)
        bubbles = std::max(bubbles, cycles_in_shadow(*slot_));
    now_ += bubbles;
    stall(Stall::jump, bubbles);
    leave_for(target, left, kWordsBehindBranch);
}

// Loads and stores.

[[gnu::always_inline]] inline Address Core::address_of(const Slot& slot) const {
    const auto& x = hart_.x;
    const isa::Operands& op = slot.op;
    if (slot.access.mode == isa::AddressMode::base_immediate) [[likely]]
        return x[op.rs1] + u32(op.imm);
    switch (slot.access.mode) {
        case isa::AddressMode::base:
            return x[op.rs1];
        case isa::AddressMode::base_register:
            return x[op.rs1] + x[op.rs2];
        case isa::AddressMode::base_rd:
            return x[op.rs1] + x[op.rd];
        case isa::AddressMode::mac_load:
            if (hart_.simd_legacy)
                return x[op.rs1];
            return hazards::MacLoadField(op.imm2).loads_weight ? hart_.weights.address
                                                               : hart_.activations.address;
        default:
            return 0;
    }
}

/// TCDM banks are asked for ahead of time; everything else when the timeline has got there.
[[gnu::always_inline]] inline void Core::send_part(Cycles cycle) {
    access_.requested = cycle;
    access_.awake = 0;
    now_ = cycle;
    if (access_.path <= DataPath::test_and_set) {
        state_ = State::waiting;
        const Address address = access_.address + (access_.part == Part::second ? 4U : 0U);
        tcdm_->request(*this, address, access_.is_write, cycle);
    } else {
        meet(State::requesting);
    }
}

/// The load or store enters EX and asks for its first (usually only) word.
[[gnu::always_inline]] inline void Core::begin_access(const Slot& slot) {
    enter_ex(slot);
    const Address address = address_of(slot);
    access_.address = address;
    access_.bytes = slot.access.bytes;
    access_.part = (address & 3) + slot.access.bytes > 4 ? Part::first : Part::whole;
    access_.is_write = slot.timing == isa::Timing::store;
    access_.path =
        hart_.window.covers(address) ? DataPath::tcdm : config_.address_map.path(address);
    access_.entered = now_;
    send_part(now_);
}

}  // namespace flexv::core
