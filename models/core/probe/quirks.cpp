// SPDX-License-Identifier: Apache-2.0
#include "core/probe/quirks.hpp"

#include "isa/csr.hpp"
#include "isa/rows/simd.hpp"

#include <utility>

namespace flexv::core {

using isa::csr;

namespace {

u32 opcode_of(const Slot& slot) { return slot.op.word & 0x7f; }

bool is_csr_access(const Slot& slot, unsigned number) {
    return slot.timing == isa::Timing::csr && csr_of(slot) == number;
}

/// x[index] is part of the address of a load or store.
bool forms_address(const Slot& slot, unsigned index, const isa::Hart& hart) {
    using enum isa::AddressMode;
    switch (slot.access.mode) {
        case base_immediate:
        case base:
            return index == slot.op.rs1;
        case mac_load:
            return hart.simd_legacy && index == slot.op.rs1;
        case base_register:
            return index == slot.op.rs1 || index == slot.op.rs2;
        case base_rd:
            return index == slot.op.rs1 || index == slot.op.rd;
        case none:
            return false;
    }
    return false;
}

}  // namespace

/// One that counts for the skip counter; complex products use the same multipliers, but do not.
bool is_vector_dot_product(const Execution& execution) {
    return execution.row.energy == isa::Energy::dot_product &&
           opcode_of(execution.slot) == kVectorOpcode &&
           !execution.row.name.starts_with("pv.cplxmul");
}

bool uses_format(const Execution& execution) {
    return opcode_of(execution.slot) == kVectorOpcode ||
           execution.row.timing == isa::Timing::mac_load;
}

bool is_performance_csr(unsigned number) {
    return (number >= csr("pccr") && number <= csr("pccr_all")) || number == csr("pcer") ||
           number == csr("pcmr") || number == csr("pcer_user") || number == csr("pcmr_user");
}

void Quirks::Late::hide(u32& place, u32 stale) {
    value = std::exchange(place, stale);
    is_late = true;
}

void Quirks::Late::show(u32& place) {
    if (std::exchange(is_late, false))
        place = value;
}

void Quirks::before(const Execution& execution, isa::Hart& hart) {
    decoded_as_legacy_ = hart.simd_legacy;
    tick_base_.reset();
    hide_accumulator(execution, hart);
    hide_csr_write(execution, hart);
    choose_slice(execution, hart);
    over_count(execution, hart);
    note_counter(execution, hart);
}

void Quirks::after(const Execution& execution, isa::Hart& hart) {
    show_accumulator(execution, hart);
    tick_from_base(hart);
    format_.show(hart.simd_format);
    skip_.show(hart.mixed_skip);
    defer_legacy(execution, hart);
    write_counter_inverted(execution, hart);
}

/// Q2: the accumulator is written behind EX and not forwarded from there, so the instruction right
/// behind a Mac&Load reads the old one. An address is formed of the new one: it has been asked for.
void Quirks::hide_accumulator(const Execution& execution, isa::Hart& hart) {
    const Retired& previous = execution.previous;
    if (!execution.is_right_behind() || previous.slot->timing != isa::Timing::mac_load)
        return;
    accumulator_register_ = previous.slot->op.rd;
    if (accumulator_register_ != 0 && !forms_address(execution.slot, accumulator_register_, hart))
        accumulator_.hide(hart.x[accumulator_register_], previous.accumulator);
}

void Quirks::show_accumulator(const Execution& execution, isa::Hart& hart) {
    if ((execution.slot.writes >> accumulator_register_ & 1) != 0)
        accumulator_.is_late = false;  // the later value wins
    accumulator_.show(hart.x[accumulator_register_]);
}

/// Q6: what csrrs and csrrc write to the format, and any write to the skip count, reaches the
/// instruction after the next.
void Quirks::hide_csr_write(const Execution& execution, isa::Hart& hart) {
    const Retired& previous = execution.previous;
    if (!execution.is_right_behind() || !uses_format(execution))
        return;
    if (is_csr_access(*previous.slot, csr("simd_format"))) {
        if (!is_plain_csr_write(*previous.slot))
            format_.hide(hart.simd_format, previous.format);
        else if (is_vector_dot_product(execution))
            tick_base_ = hart.simd_format & 7;
    } else if (is_csr_access(*previous.slot, csr("mixed_skip"))) {
        skip_.hide(hart.mixed_skip, previous.skip);
    } else if (is_csr_access(*previous.slot, csr("mixed_slice")) &&
               is_vector_dot_product(execution)) {
        tick_base_ = previous.slice;
    }
}

/// Q4: a Mac&Load that waits in EX for its load, right behind the dot product that moved the slice,
/// multiplies the slice before.
void Quirks::choose_slice(const Execution& execution, isa::Hart& hart) {
    const bool waits = execution.cycle != execution.entered;
    if (waits && execution.is_right_behind() && execution.previous.moved_slice &&
        execution.row.timing == isa::Timing::mac_load && execution.slot.op.rd != 0) {
        tick_base_ = hart.mixed_slice;
        slice_.hide(hart.mixed_slice, execution.previous.slice);
    }
}

/// Q5, Q27: the skip counter, but not the slice, moves in a cycle that a dot product waits in
/// decode.
void Quirks::over_count(const Execution& execution, isa::Hart& hart) {
    if (is_vector_dot_product(execution) && execution.waited_in_decode())
        hart.mixed_count = hart.mixed_count + 1 < hart.mixed_skip ? hart.mixed_count + 1 : 0;
}

/// The tick has gone on from the slice that was multiplied instead of from tick_base_.
void Quirks::tick_from_base(isa::Hart& hart) {
    if (!tick_base_)
        return;
    const u32 slices = isa::slices_of_format(hart.simd_format);
    const bool moves = hart.mixed_count == 0 && slices > 1;
    if (moves) {
        slice_.is_late = false;
        hart.mixed_slice = *tick_base_ + 1 >= slices ? 0 : *tick_base_ + 1;
    } else {
        slice_.show(hart.mixed_slice);
    }
}

/// Q6: a write to CSR 0x010 reaches the decoder behind the next instruction.
void Quirks::defer_legacy(const Execution& execution, isa::Hart& hart) {
    const bool written = hart.simd_legacy;
    const bool now = std::exchange(deferred_mode_, std::nullopt).value_or(decoded_as_legacy_);
    if (is_csr_access(execution.slot, csr("simd_legacy")) && written != now)
        deferred_mode_ = written;
    hart.simd_legacy = now;
}

void Quirks::note_counter(const Execution& execution, isa::Hart& hart) {
    const Slot& slot = execution.slot;
    if (slot.timing != isa::Timing::csr || !is_performance_csr(csr_of(slot)))
        return;
    const bool is_immediate = (slot.op.word >> 14 & 1) != 0;
    operand_ = is_immediate ? slot.op.imm2 : hart.x[slot.op.rs1];
    old_counter_ = hart.csrs->read(csr_of(slot));
}

/// Q12: csrrc on a performance register inverts the old value instead of the operand.
void Quirks::write_counter_inverted(const Execution& execution, isa::Hart& hart) {
    const Slot& slot = execution.slot;
    const bool clears = (slot.op.word >> 12 & 3) == 3;
    if (slot.timing == isa::Timing::csr && clears && is_performance_csr(csr_of(slot)))
        hart.csrs->write(csr_of(slot), operand_ & ~old_counter_);
}

}  // namespace flexv::core
