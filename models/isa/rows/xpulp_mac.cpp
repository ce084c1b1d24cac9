// SPDX-License-Identifier: Apache-2.0
// Xpulpv2 scalar multiply-accumulate, in 32 bits and on halfwords with shift and rounding
// (docs/spec/isa.md, section 9).
#include "isa/chain.hpp"
#include "isa/rows/compute.hpp"
#include "isa/rows/rows.hpp"
#include "isa/rows/xpulp_arithmetic.hpp"

namespace flexv::isa {
namespace {

constexpr std::array kWordRows{
    compute<1>("p.mac", "0100001 rs2 rs1 000 rd 0110011",
               operation<"rd + rs1*rs2">(
                   [](Word auto rd, Word auto a, Word auto b) { return rd + a * b; })),
    compute<1>("p.msu", "0100001 rs2 rs1 001 rd 0110011",
               operation<"rd - rs1*rs2">(
                   [](Word auto rd, Word auto a, Word auto b) { return rd - a * b; })),
};

/// One instruction of the halfword family.
struct Halfword {
    bool is_signed = false;
    bool high = false;  ///< both operands are the upper halves
    bool accumulates = false;
    bool rounds = false;
};

template <bool is_signed, Word T>
constexpr T upper_half(T word) {
    if constexpr (is_signed)
        return as_unsigned(as_signed(word) >> 16);
    else
        return word >> 16;
}

template <Halfword h, Word T>
constexpr T operand(T word) {
    if constexpr (h.high)
        return upper_half<h.is_signed>(word);
    else if constexpr (h.is_signed)
        return sign_extend_16(word);
    else
        return word & 0xffff;
}

template <Halfword h, Word T>
constexpr T product(T a, T b) {
    return operand<h>(a) * operand<h>(b);
}

template <Halfword h, Word T>
constexpr T normalised(T sum, T shift) {
    if constexpr (h.rounds)
        sum = sum + rounding(shift);
    return shift_right<!h.is_signed>(sum, shift);
}

template <Halfword h>
struct Product {
    template <Word T>
    constexpr T operator()(T a, T b) const requires(!h.accumulates) {
        return product<h>(a, b);
    }
    template <Word T>
    constexpr T operator()(T rd, T a, T b) const requires(h.accumulates) {
        return rd + product<h>(a, b);
    }
};

template <Halfword h>
struct ShiftedProduct {
    template <Word T>
    constexpr T operator()(T a, T b, T shift) const requires(!h.accumulates) {
        return normalised<h>(product<h>(a, b), shift);
    }
    template <Word T>
    constexpr T operator()(T rd, T a, T b, T shift) const requires(h.accumulates) {
        return normalised<h>(rd + product<h>(a, b), shift);
    }
};

/// The plain name is the form with shift by 0; n shifts, rn rounds and shifts.
template <bool is_signed, bool high, bool accumulates, Text name, Text select, Text funct3,
          Text rounding_funct3>
constexpr std::array<Instruction, 3> halfwords() {
    constexpr Halfword kPlain{is_signed, high, accumulates, false};
    constexpr Halfword kRounding{is_signed, high, accumulates, true};
    return {
        compute<1>(joined<name>, joined<select, "00000 rs2 rs1 ", funct3, " rd 1011011">,
                   "rd = [rd +] product of halfwords", Product<kPlain>{}),
        compute<1>(joined<name, "n">, joined<select, " uimm2[4:0] rs2 rs1 ", funct3, " rd 1011011">,
                   "rd = ([rd +] product of halfwords) >> imm2", ShiftedProduct<kPlain>{}),
        compute<1>(joined<name, "rn">,
                   joined<select, " uimm2[4:0] rs2 rs1 ", rounding_funct3, " rd 1011011">,
                   "rd = ([rd +] product of halfwords + 2^(imm2-1)) >> imm2",
                   ShiftedProduct<kRounding>{}),
    };
}

constexpr auto kRows = of_extension(
    Extension::xpulpv2,
    concatenate(kWordRows, halfwords<true, false, false, "p.muls", "10", "000", "100">(),
                halfwords<true, false, true, "p.macs", "10", "001", "101">(),
                halfwords<true, true, false, "p.mulhhs", "11", "000", "100">(),
                halfwords<true, true, true, "p.machhs", "11", "001", "101">(),
                halfwords<false, false, false, "p.mulu", "00", "000", "100">(),
                halfwords<false, false, true, "p.macu", "00", "001", "101">(),
                halfwords<false, true, false, "p.mulhhu", "01", "000", "100">(),
                halfwords<false, true, true, "p.machhu", "01", "001", "101">()));
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows xpulp_mac_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
