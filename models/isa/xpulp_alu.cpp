// SPDX-License-Identifier: Apache-2.0
// Xpulpv2 scalar arithmetic: min, max, clipping, extension, branches on a constant, and additions
// with shift and rounding (docs/spec/isa.md, section 9).
#include "isa/chain.hpp"
#include "isa/encoding.hpp"
#include "isa/hart.hpp"
#include "isa/rows.hpp"
#include "isa/rv32i_execute.hpp"
#include "isa/text.hpp"
#include "isa/xpulp_arithmetic.hpp"

#include <algorithm>

namespace flexv::isa {
namespace {

constexpr Instruction row(std::string_view name, std::string_view bits, std::string_view syntax,
                          Execute execute, std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = syntax,
            .extension = Extension::xpulpv2,
            .execute = execute,
            .semantics = semantics};
}

constexpr Instruction branch(std::string_view name, std::string_view bits, Execute execute,
                             std::string_view semantics) {
    Instruction result = row(name, bits, "rs1, imm2, target", execute, semantics);
    result.timing = Timing::branch;
    return result;
}

using Binary = u32 (*)(u32, u32);

template <Binary function>
void execute_binary(Hart& hart, const Operands& op) {
    hart.x[op.rd] = function(hart.x[op.rs1], hart.x[op.rs2]);
}
template <Binary function>
constexpr Instruction binary(std::string_view name, std::string_view bits,
                             std::string_view semantics) {
    return row(name, bits, "rd, rs1, rs2", execute_binary<function>, semantics);
}

/// insn[20], a bit of the unused rs2 field, selects the upper halfword for the byte forms.
u32 byte_operand(const Hart& hart, const Operands& op) {
    return hart.x[op.rs1] >> ((op.word >> 20 & 1) * 16);
}

constexpr std::array kScalar{
    branch(
        "p.beqimm", "imm[12|10:5] imm2[4:0] rs1 010 imm[4:1|11] 1100011",
        [](Hart& hart, const Operands& op) {
            execute::branch_if(i32(hart.x[op.rs1]) == i8(op.imm2), hart, op);
        },
        "if (rs1 == imm2) pc = pc+imm"),
    branch(
        "p.bneimm", "imm[12|10:5] imm2[4:0] rs1 011 imm[4:1|11] 1100011",
        [](Hart& hart, const Operands& op) {
            execute::branch_if(i32(hart.x[op.rs1]) != i8(op.imm2), hart, op);
        },
        "if (rs1 != imm2) pc = pc+imm"),

    row(
        "p.abs", "0000010 rs2(0) rs1 000 rd 0110011", "rd, rs1",
        [](Hart& hart, const Operands& op) {
            const u32 a = hart.x[op.rs1];
            const u32 b = hart.x[op.rs2];
            hart.x[op.rd] = i32(a) > i32(b) ? a : b - a;
        },
        "rd = rs1 >s b ? rs1 : b-rs1; b = register of the rs2 field, x0"),
    binary<[](u32 a, u32 b) { return u32(i32(a) <= i32(b)); }>(
        "p.slet", "0000010 rs2 rs1 010 rd 0110011", "rd = rs1 <=s rs2"),
    binary<[](u32 a, u32 b) { return u32(a <= b); }>("p.sletu", "0000010 rs2 rs1 011 rd 0110011",
                                                     "rd = rs1 <=u rs2"),
    binary<[](u32 a, u32 b) { return u32(std::min(i32(a), i32(b))); }>(
        "p.min", "0000010 rs2 rs1 100 rd 0110011", "rd = min signed"),
    binary<[](u32 a, u32 b) { return std::min(a, b); }>("p.minu", "0000010 rs2 rs1 101 rd 0110011",
                                                        "rd = min unsigned"),
    binary<[](u32 a, u32 b) { return u32(std::max(i32(a), i32(b))); }>(
        "p.max", "0000010 rs2 rs1 110 rd 0110011", "rd = max signed"),
    binary<[](u32 a, u32 b) { return std::max(a, b); }>("p.maxu", "0000010 rs2 rs1 111 rd 0110011",
                                                        "rd = max unsigned"),
    binary<[](u32 a, u32 b) { return std::rotr(a, int(b & 31)); }>(
        "p.ror", "0000100 rs2 rs1 101 rd 0110011", "rd = rs1 rotated right by rs2[4:0]"),

    row(
        "p.exths", "0001000 (00000) rs1 100 rd 0110011", "rd, rs1",
        [](Hart& hart, const Operands& op) { hart.x[op.rd] = u32(i16(hart.x[op.rs1])); },
        "rd = sx16(rs1)"),
    row(
        "p.exthz", "0001000 (00000) rs1 101 rd 0110011", "rd, rs1",
        [](Hart& hart, const Operands& op) { hart.x[op.rd] = u16(hart.x[op.rs1]); },
        "rd = zx16(rs1)"),
    row(
        "p.extbs", "0001000 (00000) rs1 110 rd 0110011", "rd, rs1",
        [](Hart& hart, const Operands& op) { hart.x[op.rd] = u32(i8(byte_operand(hart, op))); },
        "rd = sx8(rs1)"),
    row(
        "p.extbz", "0001000 (00000) rs1 111 rd 0110011", "rd, rs1",
        [](Hart& hart, const Operands& op) { hart.x[op.rd] = u8(byte_operand(hart, op)); },
        "rd = zx8(rs1)"),

    row(
        "p.clip", "0001010 uimm[4:0] rs1 001 rd 0110011", "rd, rs1, imm",
        [](Hart& hart, const Operands& op) { hart.x[op.rd] = clip(hart.x[op.rs1], u32(op.imm)); },
        "rd = rs1 clipped to -2^(imm-1) .. 2^(imm-1)-1; imm = 0: -1 .. 0"),
    row(
        "p.clipu", "0001010 uimm[4:0] rs1 010 rd 0110011", "rd, rs1, imm",
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = clip_unsigned(hart.x[op.rs1], u32(op.imm));
        },
        "rd = rs1 clipped to 0 .. 2^(imm-1)-1; imm = 0: 0"),
    binary<clip_register>("p.clipr", "0001010 rs2 rs1 101 rd 0110011",
                          "rd = rs1 >s rs2 ? rs2 : (rs1+rs2+1)[31] ? ~rs2 : rs1"),
    binary<clip_register_unsigned>("p.clipur", "0001010 rs2 rs1 110 rd 0110011",
                                   "rd = rs1 >s rs2 ? rs2 : rs1 <s 0 ? 0 : (rs1+rs2)[31] ? ~rs2 : "
                                   "rs1"),
};

/// Add or subtract, then shift right: logical for the unsigned names.
struct Normalise {
    bool subtracts = false;
    bool is_unsigned = false;
    bool rounds = false;
};

template <Normalise n>
constexpr u32 normalised(u32 a, u32 b, unsigned shift) {
    const u32 sum = (n.subtracts ? a - b : a + b) + (n.rounds ? rounding(shift) : 0);
    return shift_right<n.is_unsigned>(sum, shift);
}

template <Normalise n>
void normalise(Hart& hart, const Operands& op) {
    hart.x[op.rd] = normalised<n>(hart.x[op.rs1], hart.x[op.rs2], op.imm2);
}
template <Normalise n>
void normalise_by_register(Hart& hart, const Operands& op) {
    hart.x[op.rd] = normalised<n>(hart.x[op.rd], hart.x[op.rs1], hart.x[op.rs2] & 31);
}

/// The immediate form, and the register form that accumulates into rd.
template <Normalise n, Text name, Text sign_bit, Text funct3>
constexpr std::array<Instruction, 2> normalising() {
    std::array<Instruction, 2> rows{
        row(joined<name>, joined<sign_bit, "0 uimm2[4:0] rs2 rs1 ", funct3, " rd 1011011">,
            "rd, rs1, rs2, imm2", normalise<n>,
            n.subtracts ? "rd = (rs1-rs2 [+ 2^(imm2-1)]) >> imm2"
                        : "rd = (rs1+rs2 [+ 2^(imm2-1)]) >> imm2"),
        row(joined<name, "r">, joined<sign_bit, "1 (00000) rs2 rs1 ", funct3, " rd 1011011">,
            "rd, rs1, rs2", normalise_by_register<n>,
            n.subtracts ? "n = rs2[4:0]; rd = (rd-rs1 [+ 2^(n-1)]) >> n"
                        : "n = rs2[4:0]; rd = (rd+rs1 [+ 2^(n-1)]) >> n"),
    };
    rows[1].reads_rd = true;
    return rows;
}

constexpr auto kRows =
    concatenate(kScalar, normalising<Normalise{false, false, false}, "p.addn", "0", "010">(),
                normalising<Normalise{false, true, false}, "p.addun", "1", "010">(),
                normalising<Normalise{false, false, true}, "p.addrn", "0", "110">(),
                normalising<Normalise{false, true, true}, "p.addurn", "1", "110">(),
                normalising<Normalise{true, false, false}, "p.subn", "0", "011">(),
                normalising<Normalise{true, true, false}, "p.subun", "1", "011">(),
                normalising<Normalise{true, false, true}, "p.subrn", "0", "111">(),
                normalising<Normalise{true, true, true}, "p.suburn", "1", "111">());
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows xpulp_alu_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
