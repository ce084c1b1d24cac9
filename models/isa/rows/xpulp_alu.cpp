// SPDX-License-Identifier: Apache-2.0
// Xpulpv2 scalar arithmetic: min, max, clipping, extension, branches on a constant, and additions
// with shift and rounding (docs/spec/isa.md, section 9).
#include "isa/chain.hpp"
#include "isa/rows/compute.hpp"
#include "isa/rows/rows.hpp"
#include "isa/rows/xpulp_arithmetic.hpp"

namespace flexv::isa {
namespace {

constexpr std::array kScalar{
    branch(
        "p.beqimm", "imm[12|10:5] imm2[4:0] rs1 010 imm[4:1|11] 1100011",
        operation<"rs1 == imm2">([](Word auto a, Word auto b) { return a == sign_extend_8(b); })),
    branch(
        "p.bneimm", "imm[12|10:5] imm2[4:0] rs1 011 imm[4:1|11] 1100011",
        operation<"rs1 != imm2">([](Word auto a, Word auto b) { return a != sign_extend_8(b); })),

    compute("p.abs", "0000010 rs2(0) rs1 000 rd 0110011",
            operation<"rs1 >s b ? rs1 : b-rs1; b = register of the rs2 field, x0">(
                [](Word auto a, Word auto b) {
                    return select(as_signed(a) > as_signed(b), a, b - a);
                })),
    compute("p.slet", "0000010 rs2 rs1 010 rd 0110011",
            operation<"rs1 <=s rs2">(
                [](Word auto a, Word auto b) { return as_signed(a) <= as_signed(b); })),
    compute("p.sletu", "0000010 rs2 rs1 011 rd 0110011",
            operation<"rs1 <=u rs2">([](Word auto a, Word auto b) { return a <= b; })),
    compute("p.min", "0000010 rs2 rs1 100 rd 0110011",
            operation<"min signed">(
                [](Word auto a, Word auto b) { return smaller(as_signed(a), as_signed(b)); })),
    compute("p.minu", "0000010 rs2 rs1 101 rd 0110011",
            operation<"min unsigned">([](Word auto a, Word auto b) { return smaller(a, b); })),
    compute("p.max", "0000010 rs2 rs1 110 rd 0110011",
            operation<"max signed">(
                [](Word auto a, Word auto b) { return larger(as_signed(a), as_signed(b)); })),
    compute("p.maxu", "0000010 rs2 rs1 111 rd 0110011",
            operation<"max unsigned">([](Word auto a, Word auto b) { return larger(a, b); })),
    compute("p.ror", "0000100 rs2 rs1 101 rd 0110011",
            operation<"rs1 rotated right by rs2[4:0]">(
                [](Word auto a, Word auto b) { return rotate_right(a, b & 31); })),

    compute("p.exths", "0001000 (00000) rs1 100 rd 0110011",
            operation<"sx16(rs1)">([](Word auto a) { return sign_extend_16(a); })),
    compute("p.exthz", "0001000 (00000) rs1 101 rd 0110011",
            operation<"zx16(rs1)">([](Word auto a) { return a & 0xffff; })),
    // insn[20], a bit of the unused rs2 field, selects the upper halfword for the byte forms.
    compute("p.extbs", "0001000 (0000) uimm[0](0) rs1 110 rd 0110011",
            operation<"sx8(rs1)">(
                [](Word auto a, Word auto upper) { return sign_extend_8(a >> (upper * 16)); })),
    compute("p.extbz", "0001000 (0000) uimm[0](0) rs1 111 rd 0110011",
            operation<"zx8(rs1)">(
                [](Word auto a, Word auto upper) { return (a >> (upper * 16)) & 0xff; })),

    compute("p.clip", "0001010 uimm[4:0] rs1 001 rd 0110011",
            operation<"rs1 clipped to -2^(imm-1) .. 2^(imm-1)-1; imm = 0: -1 .. 0">(
                [](Word auto a, Word auto bits) { return clip(a, bits); })),
    compute("p.clipu", "0001010 uimm[4:0] rs1 010 rd 0110011",
            operation<"rs1 clipped to 0 .. 2^(imm-1)-1; imm = 0: 0">(
                [](Word auto a, Word auto bits) { return clip_unsigned(a, bits); })),
    compute("p.clipr", "0001010 rs2 rs1 101 rd 0110011",
            operation<"rs1 >s rs2 ? rs2 : (rs1+rs2+1)[31] ? ~rs2 : rs1">(
                [](Word auto a, Word auto bound) { return clip_register(a, bound); })),
    compute("p.clipur", "0001010 rs2 rs1 110 rd 0110011",
            operation<"rs1 >s rs2 ? rs2 : rs1 <s 0 ? 0 : (rs1+rs2)[31] ? ~rs2 : rs1">(
                [](Word auto a, Word auto bound) { return clip_register_unsigned(a, bound); })),
};

/// Add or subtract, then shift right: logical for the unsigned names.
struct Normalise {
    bool subtracts = false;
    bool is_unsigned = false;
    bool rounds = false;
};

/// Of rs1, rs2 and the second immediate; the register form of rd, rs1 and rs2.
template <Normalise n>
struct Normalised {
    template <Word T>
    constexpr T operator()(T a, T b, T amount) const {
        const T shift = amount & 31;
        T sum = n.subtracts ? a - b : a + b;
        if constexpr (n.rounds)
            sum = sum + rounding(shift);
        return shift_right<n.is_unsigned>(sum, shift);
    }
};

/// The immediate form, and the register form that accumulates into rd.
template <Normalise n, Text name, Text sign_bit, Text funct3>
constexpr std::array<Instruction, 2> normalising() {
    constexpr Text kSum = [] {
        if constexpr (n.subtracts)
            return Text{"-"};
        else
            return Text{"+"};
    }();
    return {
        compute(joined<name>, joined<sign_bit, "0 uimm2[4:0] rs2 rs1 ", funct3, " rd 1011011">,
                joined<"rd = (rs1", kSum, "rs2 [+ 2^(imm2-1)]) >> imm2">, Normalised<n>{}),
        compute(joined<name, "r">, joined<sign_bit, "1 (00000) rs2 rs1 ", funct3, " rd 1011011">,
                joined<"n = rs2[4:0]; rd = (rd", kSum, "rs1 [+ 2^(n-1)]) >> n">, Normalised<n>{}),
    };
}

constexpr auto kRows = of_extension(
    Extension::xpulpv2,
    concatenate(kScalar, normalising<Normalise{false, false, false}, "p.addn", "0", "010">(),
                normalising<Normalise{false, true, false}, "p.addun", "1", "010">(),
                normalising<Normalise{false, false, true}, "p.addrn", "0", "110">(),
                normalising<Normalise{false, true, true}, "p.addurn", "1", "110">(),
                normalising<Normalise{true, false, false}, "p.subn", "0", "011">(),
                normalising<Normalise{true, true, false}, "p.subun", "1", "011">(),
                normalising<Normalise{true, false, true}, "p.subrn", "0", "111">(),
                normalising<Normalise{true, true, true}, "p.suburn", "1", "111">()));
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows xpulp_alu_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
