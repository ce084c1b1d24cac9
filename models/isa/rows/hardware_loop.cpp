// SPDX-License-Identifier: Apache-2.0
// Set-up of the two hardware loops (docs/spec/isa.md, section 8). The jump back belongs to
// fetching, so the core does it. Unused fields are ignored by the hardware.
#include "isa/chain.hpp"
#include "isa/encoding.hpp"
#include "isa/hart.hpp"
#include "isa/rows/rows.hpp"

namespace flexv::isa {
namespace {

constexpr Instruction loop(std::string_view name, std::string_view bits, std::string_view syntax,
                           Execute execute, std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = syntax,
            .extension = Extension::xpulpv2,
            .timing = Timing::hardware_loop,
            .execute = execute,
            .semantics = semantics};
}

/// Offsets count in units of two bytes from the instruction itself.
u32 address(const Hart& hart, u32 offset) { return hart.pc + 2 * offset; }

/// `next_pc` is the start, and not pc + 4: the last instruction of an outer loop may set up an
/// inner one (quirk Q18).
void set_up(Hart& hart, const Operands& op, u32 end_offset, u32 count) {
    hart.loops[op.rd] = {.start = hart.next_pc, .end = address(hart, end_offset), .count = count};
}

constexpr std::array kRows{
    loop(
        "lp.starti", "uimm[11:0] (00000) 000 ---- L 1111011", "L, end",
        [](Hart& hart, const Operands& op) {
            hart.loops[op.rd].start = address(hart, u32(op.imm));
        },
        "lpstart[L] = pc + 2*imm"),
    loop(
        "lp.endi", "uimm[11:0] (00000) 001 ---- L 1111011", "L, end",
        [](Hart& hart, const Operands& op) { hart.loops[op.rd].end = address(hart, u32(op.imm)); },
        "lpend[L] = pc + 2*imm"),
    loop(
        "lp.count", "(000000000000) rs1 010 ---- L 1111011", "L, rs1",
        [](Hart& hart, const Operands& op) { hart.loops[op.rd].count = hart.x[op.rs1]; },
        "lpcount[L] = rs1"),
    loop(
        "lp.counti", "uimm[11:0] (00000) 011 ---- L 1111011", "L, imm",
        [](Hart& hart, const Operands& op) { hart.loops[op.rd].count = u32(op.imm); },
        "lpcount[L] = imm"),
    loop(
        "lp.setup", "uimm[11:0] rs1 100 ---- L 1111011", "L, rs1, end",
        [](Hart& hart, const Operands& op) { set_up(hart, op, u32(op.imm), hart.x[op.rs1]); },
        "lpstart[L] = next pc; lpend[L] = pc + 2*imm; lpcount[L] = rs1"),
    loop(
        "lp.setupi", "uimm[11:0] uimm2[4:0] 101 ---- L 1111011", "L, imm, end2",
        [](Hart& hart, const Operands& op) { set_up(hart, op, op.imm2, u32(op.imm)); },
        "lpstart[L] = next pc; lpend[L] = pc + 2*imm2; lpcount[L] = imm"),
};
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows hardware_loop_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
