// SPDX-License-Identifier: Apache-2.0
// Xpulpv2 bit manipulation: counting, bit fields given by immediates or by a register, and the
// reversal of digits for transforms (docs/spec/isa.md, section 9).
#include "isa/chain.hpp"
#include "isa/encoding.hpp"
#include "isa/hart.hpp"
#include "isa/rows.hpp"
#include "isa/text.hpp"
#include "isa/xpulp_arithmetic.hpp"

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

constexpr std::array kCounts{
    row(
        "p.ff1", "0001000 (00000) rs1 000 rd 0110011", "rd, rs1",
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = u32(std::countr_zero(hart.x[op.rs1]));
        },
        "rd = index of the lowest set bit; 32 if none"),
    row(
        "p.fl1", "0001000 (00000) rs1 001 rd 0110011", "rd, rs1",
        [](Hart& hart, const Operands& op) { hart.x[op.rd] = find_last_one(hart.x[op.rs1]); },
        "rd = index of the highest set bit; 32 if none"),
    row(
        "p.clb", "0001000 (00000) rs1 010 rd 0110011", "rd, rs1",
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = count_leading_sign_bits(hart.x[op.rs1]);
        },
        "rd = leading bits equal to the sign, less 1; 0 if rs1 = 0"),
    row(
        "p.cnt", "0001000 (00000) rs1 011 rd 0110011", "rd, rs1",
        [](Hart& hart, const Operands& op) { hart.x[op.rd] = u32(std::popcount(hart.x[op.rs1])); },
        "rd = number of set bits"),
    row(
        "p.bitrev", "11 (000) uimm2[1:0] uimm[4:0] rs1 101 rd 0110011", "rd, rs1, imm, imm2",
        [](Hart& hart, const Operands& op) {
            const unsigned digit_bits = op.imm2 == 3 ? 1 : op.imm2 + 1;
            hart.x[op.rd] = reverse_digits(hart.x[op.rs1] << op.imm, digit_bits);
        },
        "rd = digits of rs1 << imm reversed; digits of 1, 2, 3, 1 bits for imm2 = 0..3"),
};

/// What a bit-field operation makes of the old rd, rs1 and the field.
using Operation = u32 (*)(u32 rd, u32 rs1, BitField field);

template <Operation operation>
void operate(Hart& hart, const Operands& op) {
    hart.x[op.rd] = operation(hart.x[op.rd], hart.x[op.rs1], {op.imm2, u32(op.imm)});
}
template <Operation operation>
void operate_by_register(Hart& hart, const Operands& op) {
    hart.x[op.rd] =
        operation(hart.x[op.rd], hart.x[op.rs1], BitField::from_register(hart.x[op.rs2]));
}

/// Immediate form `rd, rs1, length-1, lsb` and register form.
template <Operation operation, Text name, Text funct3>
constexpr std::array<Instruction, 2> bit_field(bool reads_rd, std::string_view semantics) {
    std::array<Instruction, 2> rows{
        row(joined<name>, joined<"11 uimm2[4:0] uimm[4:0] rs1 ", funct3, " rd 0110011">,
            "rd, rs1, imm2, imm", operate<operation>, semantics),
        row(joined<name, "r">, joined<"1000000 rs2 rs1 ", funct3, " rd 0110011">, "rd, rs1, rs2",
            operate_by_register<operation>, semantics),
    };
    rows[0].reads_rd = reads_rd;
    rows[1].reads_rd = reads_rd;
    return rows;
}

constexpr auto kRows = concatenate(
    kCounts,
    bit_field<[](u32, u32 rs1, BitField f) { return extract(rs1, f); }, "p.extract", "000">(
        false, "rd = field of rs1, sign-extended"),
    bit_field<[](u32, u32 rs1, BitField f) { return extract_unsigned(rs1, f); }, "p.extractu",
              "001">(false, "rd = field of rs1, zero-extended"),
    bit_field<insert, "p.insert", "010">(true, "field of rd = low bits of rs1"),
    bit_field<[](u32, u32 rs1, BitField f) { return clear_bits(rs1, f); }, "p.bclr", "011">(
        false, "rd = rs1, field cleared"),
    bit_field<[](u32, u32 rs1, BitField f) { return set_bits(rs1, f); }, "p.bset", "100">(
        false, "rd = rs1, field set"));
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows xpulp_bit_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
