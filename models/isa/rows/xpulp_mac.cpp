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
               operation<"rd + rs1*rs2">([](u32 rd, u32 a, u32 b) { return rd + a * b; })),
    compute<1>("p.msu", "0100001 rs2 rs1 001 rd 0110011",
               operation<"rd - rs1*rs2">([](u32 rd, u32 a, u32 b) { return rd - a * b; })),
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
constexpr u32 product(u32 accumulator, u32 a, u32 b, u32 shift) {
    const u32 round = h.rounds ? rounding(shift) : 0;
    return shift_right<!h.is_signed>(accumulator + operand<h>(a) * operand<h>(b) + round, shift);
}

template <Halfword h>
struct Product {
    constexpr u32 operator()(u32 a, u32 b) const requires(!h.accumulates) {
        return product<h>(0, a, b, 0);
    }
    constexpr u32 operator()(u32 rd, u32 a, u32 b) const requires(h.accumulates) {
        return product<h>(rd, a, b, 0);
    }
};

template <Halfword h>
struct ShiftedProduct {
    constexpr u32 operator()(u32 a, u32 b, u32 shift) const requires(!h.accumulates) {
        return product<h>(0, a, b, shift);
    }
    constexpr u32 operator()(u32 rd, u32 a, u32 b, u32 shift) const requires(h.accumulates) {
        return product<h>(rd, a, b, shift);
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
