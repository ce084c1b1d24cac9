// SPDX-License-Identifier: Apache-2.0
// Xpulpv2 scalar multiply-accumulate, in 32 bits and on halfwords with shift and rounding
// (docs/spec/isa.md, section 9).
#include "isa/chain.hpp"
#include "isa/encoding.hpp"
#include "isa/hart.hpp"
#include "isa/rows.hpp"
#include "isa/text.hpp"
#include "isa/xpulp_arithmetic.hpp"

namespace flexv::isa {
namespace {

constexpr Instruction row(std::string_view name, std::string_view bits, std::string_view syntax,
                          bool reads_rd, Execute execute, std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = syntax,
            .extension = Extension::xpulpv2,
            .energy = Energy::multiply,
            .reads_rd = reads_rd,
            .execute = execute,
            .semantics = semantics};
}

constexpr std::array kWordRows{
    row(
        "p.mac", "0100001 rs2 rs1 000 rd 0110011", "rd, rs1, rs2", true,
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] += hart.x[op.rs1] * hart.x[op.rs2];
            ++hart.macs;
        },
        "rd = rd + rs1*rs2"),
    row(
        "p.msu", "0100001 rs2 rs1 001 rd 0110011", "rd, rs1, rs2", true,
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] -= hart.x[op.rs1] * hart.x[op.rs2];
            ++hart.macs;
        },
        "rd = rd - rs1*rs2"),
};

/// One instruction of the halfword family.
struct Halfword {
    bool is_signed = false;
    bool high = false;  ///< both operands are the upper halves
    bool accumulates = false;
    bool rounds = false;
};

template <Halfword h>
constexpr u32 operand(u32 word) {
    const u32 half = h.high ? word >> 16 : word & 0xffff;
    return h.is_signed ? u32(i16(half)) : half;
}

template <Halfword h>
void execute(Hart& hart, const Operands& op) {
    const u32 product = operand<h>(hart.x[op.rs1]) * operand<h>(hart.x[op.rs2]);
    const u32 accumulator = h.accumulates ? hart.x[op.rd] : 0;
    const u32 round = h.rounds ? rounding(op.imm2) : 0;
    hart.x[op.rd] = shift_right<!h.is_signed>(accumulator + product + round, op.imm2);
    ++hart.macs;
}

/// The plain name is the form with shift by 0; n shifts, rn rounds and shifts.
template <bool is_signed, bool high, bool accumulates, Text name, Text select, Text funct3,
          Text rounding_funct3>
constexpr std::array<Instruction, 3> halfwords() {
    constexpr Halfword kPlain{is_signed, high, accumulates, false};
    constexpr Halfword kRounding{is_signed, high, accumulates, true};
    return {
        row(joined<name>, joined<select, "00000 rs2 rs1 ", funct3, " rd 1011011">, "rd, rs1, rs2",
            accumulates, execute<kPlain>, "rd = [rd +] product of halfwords"),
        row(joined<name, "n">, joined<select, " uimm2[4:0] rs2 rs1 ", funct3, " rd 1011011">,
            "rd, rs1, rs2, imm2", accumulates, execute<kPlain>,
            "rd = ([rd +] product of halfwords) >> imm2"),
        row(joined<name, "rn">,
            joined<select, " uimm2[4:0] rs2 rs1 ", rounding_funct3, " rd 1011011">,
            "rd, rs1, rs2, imm2", accumulates, execute<kRounding>,
            "rd = ([rd +] product of halfwords + 2^(imm2-1)) >> imm2"),
    };
}

constexpr auto kRows =
    concatenate(kWordRows, halfwords<true, false, false, "p.muls", "10", "000", "100">(),
                halfwords<true, false, true, "p.macs", "10", "001", "101">(),
                halfwords<true, true, false, "p.mulhhs", "11", "000", "100">(),
                halfwords<true, true, true, "p.machhs", "11", "001", "101">(),
                halfwords<false, false, false, "p.mulu", "00", "000", "100">(),
                halfwords<false, false, true, "p.macu", "00", "001", "101">(),
                halfwords<false, true, false, "p.mulhhu", "01", "000", "100">(),
                halfwords<false, true, true, "p.machhu", "01", "001", "101">());
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows xpulp_mac_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
