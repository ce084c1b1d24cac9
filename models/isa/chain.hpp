// SPDX-License-Identifier: Apache-2.0
// Rows that execute one after the other without coming back: each row that does nothing but compute
// is compiled a second time, and then ends in a jump to the row of the next instruction.
#pragma once

#include "isa/hart.hpp"
#include "isa/slot.hpp"

#include <array>
#include <bit>
#include <utility>

namespace flexv::isa {

/// The way through some instructions: bit i is set when instruction i has 32 bits, so that its
/// successor is the slot after the next; one more bit ends the pattern. A chain gets it shifted
/// left by the size of a slot, which makes the lowest bit the distance in bytes.
inline constexpr unsigned kChainShift = std::countr_zero(sizeof(Slot));

/// Executes the instruction in `slot` and those behind it.
/// \param steps the way to go, shifted. Known at the start: a step that has to be loaded from its
///   slot holds up every instruction.
/// \param executed [row], counted up
/// \returns the slot of the last instruction
/// \throws Trap with the operands of the instruction that raised it
template <Execute execute>
Slot* run_chain(Hart& hart, Slot* slot, u64 steps, EventCount* executed) {
    execute(hart, slot->op);
    hart.x[0] = 0;
    ++executed[slot->row];
    Slot* const next = slot + (steps >> kChainShift & 1) + 1;
    steps >>= 1;
    if (steps < u64{2} << kChainShift)  // below are bits of the past
        return slot;
    return next->chain(hart, next, steps, executed);  // becomes a jump
}

/// True for an instruction of one cycle that neither jumps nor looks at anything but registers.
constexpr bool can_be_chained(const Instruction& row) {
    return (row.timing == Timing::single || row.timing == Timing::mac_load) && !row.reads_pc;
}

template <const auto& rows, std::size_t index>
constexpr Chain chain_of() {
    if constexpr (can_be_chained(rows[index]))
        return &run_chain<rows[index].execute>;
    else
        return nullptr;
}

/// The rows of a group, with their chains. GCC 12 takes no lambda from inside a template as an
/// argument of run_chain: such rows have named functions.
template <const auto& rows>
inline constexpr auto kChained = []<std::size_t... index>(std::index_sequence<index...>) {
    auto chained = rows;
    ((chained[index].chain = chain_of<rows, index>()), ...);
    return chained;
}
(std::make_index_sequence<rows.size()>());

}  // namespace flexv::isa
