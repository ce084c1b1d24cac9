// SPDX-License-Identifier: Apache-2.0
// Chains, which is threaded code: rows that execute one after the other without coming back. Each
// row that does nothing but compute or move a word is compiled a second time, and then ends in a
// jump to the row of the next instruction, whose address lies in the step behind its own.
#pragma once

#include "isa/hart.hpp"
#include "isa/instruction.hpp"

#include <array>
#include <utility>

namespace flexv::isa {

/// One instruction, side by side with the one that executes behind it: no step from one to the next
/// has to be loaded first.
struct Step {
    Chain chain = nullptr;
    Operands op;
};

/// Executes the instruction in `step` and those behind it.
/// \throws Trap with the operands of the instruction that raised it
template <Execute execute>
void run_chain(Hart& hart, const Step* step) {
    execute(hart, step->op);
    hart.x[0] = 0;
    ++step;
    step->chain(hart, step);  // becomes a jump
}

/// Stands behind the last instruction.
inline void end_chain(Hart& /*hart*/, const Step* /*step*/) {}

/// True for an instruction that neither jumps nor looks at anything but registers and the word that
/// it loads or stores, and for a branch: that ends a chain, and whoever starts it sets pc and
/// next_pc for it.
constexpr bool can_be_chained(const Instruction& row) {
    switch (row.timing) {
        case Timing::single:
        case Timing::mac_load:
        case Timing::load:
        case Timing::store:
            return !row.reads_pc;
        case Timing::branch:
            return true;
        default:
            return false;
    }
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
