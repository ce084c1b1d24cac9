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
                [](Word auto a) { return lowest_one(a); })),
    compute("p.fl1", "0001000 (00000) rs1 001 rd 0110011",
            operation<"index of the highest set bit; 32 if none">(
                [](Word auto a) { return highest_one(a); })),
    compute("p.clb", "0001000 (00000) rs1 010 rd 0110011",
            operation<"leading bits equal to the sign, less 1; 0 if rs1 = 0">(
                [](Word auto a) { return count_leading_sign_bits(a); })),
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
template <typename Function>
struct OfField {
    template <Word T>
    constexpr T operator()(T rs1, T lsb, T length_minus_1)
        const requires std::is_invocable_v<Function, T, BitField<T>> {
        return Function{}(rs1, BitField<T>{length_minus_1, lsb});
    }
    template <Word T>
    constexpr T operator()(T rd, T rs1, T lsb, T length_minus_1)
        const requires std::is_invocable_v<Function, T, T, BitField<T>> {
        return Function{}(rd, rs1, BitField<T>{length_minus_1, lsb});
    }
};

template <typename Function>
struct OfFieldInRegister {
    template <Word T>
    constexpr T operator()(T rs1,
                           T rs2) const requires std::is_invocable_v<Function, T, BitField<T>> {
        return Function{}(rs1, BitField<T>::from_register(rs2));
    }
    template <Word T>
    constexpr T operator()(T rd, T rs1,
                           T rs2) const requires std::is_invocable_v<Function, T, T, BitField<T>> {
        return Function{}(rd, rs1, BitField<T>::from_register(rs2));
    }
};

/// Immediate form `rd, rs1, length-1, lsb` and register form.
template <Text name, Text funct3, typename Function>
constexpr std::array<Instruction, 2> bit_field(std::string_view semantics, Function /*function*/) {
    return {
        with_syntax(
            "rd, rs1, imm2, imm",
            compute(joined<name>, joined<"11 uimm2[4:0] uimm[4:0] rs1 ", funct3, " rd 0110011">,
                    semantics, OfField<Function>{})),
        compute(joined<name, "r">, joined<"1000000 rs2 rs1 ", funct3, " rd 0110011">, semantics,
                OfFieldInRegister<Function>{}),
    };
}

constexpr auto kRows = of_extension(
    Extension::xpulpv2,
    concatenate(kCounts,
                bit_field<"p.extract", "000">("rd = field of rs1, sign-extended",
                                              [](auto a, auto field) { return extract(a, field); }),
                bit_field<"p.extractu", "001">(
                    "rd = field of rs1, zero-extended",
                    [](auto a, auto field) { return extract_unsigned(a, field); }),
                bit_field<"p.insert", "010">(
                    "field of rd = low bits of rs1",
                    [](auto rd, auto a, auto field) { return insert(rd, a, field); }),
                bit_field<"p.bclr", "011">("rd = rs1, field cleared",
                                           [](auto a, auto field) { return clear_bits(a, field); }),
                bit_field<"p.bset", "100">("rd = rs1, field set",
                                           [](auto a, auto field) { return set_bits(a, field); })));
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows xpulp_bit_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
