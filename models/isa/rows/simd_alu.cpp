// SPDX-License-Identifier: Apache-2.0
// Lane-wise arithmetic, logic and comparisons of opcode 0x57: 16- and 8-bit lanes named by the
// instruction (legacy mode) or lanes of the format in CSR 0x00D (status mode). docs/spec/isa.md, 10
// and 11.
#include "isa/chain.hpp"
#include "isa/rows/rows.hpp"
#include "isa/rows/simd_forms.hpp"
#include "isa/rows/simd_lanes.hpp"

namespace flexv::isa {
namespace {

template <Text op, Text code, Text immediate, typename Op, Text semantics>
constexpr std::array<Instruction, 9> family() {
    using Name = SimdName<op, code, immediate>;
    return concatenate(simd_forms<Name, HalfwordLanes, Op, semantics>(),
                       simd_forms<Name, ByteLanes, Op, semantics>(),
                       simd_forms<Name, CsrLanes, Op, semantics>());
}

/// Tools emit only the form with one operand; the register of the rs2 field is b all the same.
template <Text bits>
constexpr Instruction one_operand(Instruction row) {
    row.bits = joined<bits, kSimdTail>;
    row.syntax = "rd, rs1";
    row.semantics = "lane: a >s b ? a : b-a; b = lane of the rs2 field's register, x0";
    return row;
}

constexpr std::array<Instruction, 9> abs_family() {
    auto rows = family<"abs", "011100", "imm", lanes::Abs, "lane: a >s b ? a : b-a">();
    for (Instruction& row : rows)
        row.canonical = false;
    rows[0] = one_operand<"011100(0) rs2(0) rs1 0(0)0">(rows[0]);
    rows[3] = one_operand<"011100(0) rs2(0) rs1 0(0)1">(rows[3]);
    rows[6] = one_operand<"011100(0) rs2(0) rs1 0(0)-">(rows[6]);
    for (const std::size_t vector_form : {0U, 3U, 6U})
        rows[vector_form].canonical = true;
    return rows;
}

template <lanes::Relation relation, bool is_signed = true>
using Compare = lanes::Compare<relation, is_signed>;
using enum lanes::Relation;

constexpr auto kRows = concatenate(
    family<"add", "000000", "imm", lanes::Add, "lane: a+b">(),
    family<"sub", "000010", "imm", lanes::Sub, "lane: a-b">(),
    family<"avg", "000100", "imm", lanes::Average, "lane: (a+b mod 2^w) >>s 1">(),
    family<"avgu", "000110", "uimm", lanes::AverageUnsigned, "lane: (a+b mod 2^w) >>u 1">(),
    family<"min", "001000", "imm", lanes::Min, "lane: min signed">(),
    family<"minu", "001010", "uimm", lanes::MinUnsigned, "lane: min unsigned">(),
    family<"max", "001100", "imm", lanes::Max, "lane: max signed">(),
    family<"maxu", "001110", "uimm", lanes::MaxUnsigned, "lane: max unsigned">(),
    family<"srl", "010000", "imm", lanes::ShiftRight, "lane: a >>u (b mod w)">(),
    family<"sra", "010010", "imm", lanes::ShiftRightArithmetic, "lane: a >>s (b mod w)">(),
    family<"sll", "010100", "imm", lanes::ShiftLeft, "lane: a << (b mod w)">(),
    family<"or", "010110", "imm", lanes::Or, "lane: a|b">(),
    family<"xor", "011000", "imm", lanes::Xor, "lane: a^b">(),
    family<"and", "011010", "imm", lanes::And, "lane: a&b">(), abs_family(),
    family<"cmpeq", "000001", "imm", Compare<equal>, "lane: a == b ? -1 : 0">(),
    family<"cmpne", "000011", "imm", Compare<not_equal>, "lane: a != b ? -1 : 0">(),
    family<"cmpgt", "000101", "imm", Compare<greater>, "lane: a >s b ? -1 : 0">(),
    family<"cmpge", "000111", "imm", Compare<greater_equal>, "lane: a >=s b ? -1 : 0">(),
    family<"cmplt", "001001", "imm", Compare<less>, "lane: a <s b ? -1 : 0">(),
    family<"cmple", "001011", "imm", Compare<less_equal>, "lane: a <=s b ? -1 : 0">(),
    family<"cmpgtu", "001101", "uimm", Compare<greater, false>, "lane: a >u b ? -1 : 0">(),
    family<"cmpgeu", "001111", "uimm", Compare<greater_equal, false>, "lane: a >=u b ? -1 : 0">(),
    family<"cmpltu", "010001", "uimm", Compare<less, false>, "lane: a <u b ? -1 : 0">(),
    family<"cmpleu", "010011", "uimm", Compare<less_equal, false>, "lane: a <=u b ? -1 : 0">());
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows simd_alu_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
