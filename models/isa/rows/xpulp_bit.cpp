// SPDX-License-Identifier: Apache-2.0
// Xpulpv2 bit manipulation: counting, bit fields given by immediates or by a register, and the
// reversal of digits for transforms (docs/spec/isa.md, section 9).
#include "isa/chain.hpp"
#include "isa/rows/compute.hpp"
#include "isa/rows/rows.hpp"
#include "isa/rows/xpulp_arithmetic.hpp"

namespace flexv::isa {
namespace {

constexpr std::array kCounts{
    compute("p.ff1", "0001000 (00000) rs1 000 rd 0110011",
            operation<"index of the lowest set bit; 32 if none">(
                [](u32 a) { return std::countr_zero(a); })),
    compute("p.fl1", "0001000 (00000) rs1 001 rd 0110011",
            operation<"index of the highest set bit; 32 if none">(
                [](u32 a) { return find_last_one(a); })),
    compute("p.clb", "0001000 (00000) rs1 010 rd 0110011",
            operation<"leading bits equal to the sign, less 1; 0 if rs1 = 0">(
                [](u32 a) { return count_leading_sign_bits(a); })),
    compute("p.cnt", "0001000 (00000) rs1 011 rd 0110011",
            operation<"number of set bits">([](u32 a) { return std::popcount(a); })),
    compute("p.bitrev", "11 (000) uimm2[1:0] uimm[4:0] rs1 101 rd 0110011",
            operation<"digits of rs1 << imm reversed; digits of 1, 2, 3, 1 bits for imm2 = 0..3">(
                [](u32 a, u32 shift, u32 digits) {
                    return reverse_digits(a << shift, digits == 3 ? 1 : digits + 1);
                })),
};

/// A bit-field operation, of rs1 and the field or of the old rd and both: the field is two
/// immediates or, in the register form, rs2.
template <auto function>
struct OfField {
    static constexpr bool kReadsRd = std::is_invocable_v<decltype(function), u32, u32, BitField>;

    constexpr u32 operator()(u32 rs1, u32 lsb, u32 length_minus_1) const requires(!kReadsRd) {
        return function(rs1, BitField{length_minus_1, lsb});
    }
    constexpr u32 operator()(u32 rd, u32 rs1, u32 lsb, u32 length_minus_1) const requires kReadsRd {
        return function(rd, rs1, BitField{length_minus_1, lsb});
    }
};

template <auto function>
struct OfFieldInRegister {
    static constexpr bool kReadsRd = std::is_invocable_v<decltype(function), u32, u32, BitField>;

    constexpr u32 operator()(u32 rs1, u32 rs2) const requires(!kReadsRd) {
        return function(rs1, BitField::from_register(rs2));
    }
    constexpr u32 operator()(u32 rd, u32 rs1, u32 rs2) const requires kReadsRd {
        return function(rd, rs1, BitField::from_register(rs2));
    }
};

/// Immediate form `rd, rs1, length-1, lsb` and register form.
template <auto function, Text name, Text funct3>
constexpr std::array<Instruction, 2> bit_field(std::string_view semantics) {
    return {
        with_syntax(
            "rd, rs1, imm2, imm",
            compute(joined<name>, joined<"11 uimm2[4:0] uimm[4:0] rs1 ", funct3, " rd 0110011">,
                    semantics, OfField<function>{})),
        compute(joined<name, "r">, joined<"1000000 rs2 rs1 ", funct3, " rd 0110011">, semantics,
                OfFieldInRegister<function>{}),
    };
}

constexpr auto kRows = of_extension(
    Extension::xpulpv2,
    concatenate(
        kCounts, bit_field<extract, "p.extract", "000">("rd = field of rs1, sign-extended"),
        bit_field<extract_unsigned, "p.extractu", "001">("rd = field of rs1, zero-extended"),
        bit_field<insert, "p.insert", "010">("field of rd = low bits of rs1"),
        bit_field<clear_bits, "p.bclr", "011">("rd = rs1, field cleared"),
        bit_field<set_bits, "p.bset", "100">("rd = rs1, field set")));
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows xpulp_bit_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
