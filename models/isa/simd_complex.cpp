// SPDX-License-Identifier: Apache-2.0
// Complex numbers of two halfwords (real part low) and halfword sums with a shift. The same in both
// SIMD modes; insn[14:13] is the shift (docs/spec/isa.md, section 10).
#include "isa/chain.hpp"
#include "isa/rows.hpp"
#include "isa/simd_forms.hpp"
#include "isa/simd_permutation.hpp"

namespace flexv::isa {
namespace {

constexpr i32 real(u32 word) { return signed_lane<16>(word, 0); }
constexpr i32 imaginary(u32 word) { return signed_lane<16>(word, 1); }

/// A halfword sum wraps before it is shifted.
constexpr u32 halve(i32 value, unsigned shift) { return u32(i16(value) >> shift); }

template <unsigned shift>
void multiply_real(Hart& hart, const Operands& op) {
    const u32 a = hart.x[op.rs1];
    const u32 b = hart.x[op.rs2];
    const u32 sum = u32(real(a) * real(b)) - u32(imaginary(a) * imaginary(b));
    hart.x[op.rd] = permute::halfwords(hart.x[op.rd] >> 16, u32(i32(sum) >> (15 + shift)));
    hart.macs += 2;
}

template <unsigned shift>
void multiply_imaginary(Hart& hart, const Operands& op) {
    const u32 a = hart.x[op.rs1];
    const u32 b = hart.x[op.rs2];
    const u32 sum = u32(real(a) * imaginary(b)) + u32(imaginary(a) * real(b));
    hart.x[op.rd] = permute::halfwords(u32(i32(sum) >> (15 + shift)), hart.x[op.rd]);
    hart.macs += 2;
}

/// (a - b) times -j: what a butterfly of an FFT needs.
template <unsigned shift>
void subtract_and_rotate(Hart& hart, const Operands& op) {
    const u32 a = hart.x[op.rs1];
    const u32 b = hart.x[op.rs2];
    hart.x[op.rd] = permute::halfwords(halve(real(b) - real(a), shift),
                                       halve(imaginary(a) - imaginary(b), shift));
}

/// Tools emit rs2 = x0; the hardware subtracts from its imaginary part.
void conjugate(Hart& hart, const Operands& op) {
    const u32 a = hart.x[op.rs1];
    const u32 b = hart.x[op.rs2];
    hart.x[op.rd] = permute::halfwords(u32(imaginary(b) - imaginary(a)), a);
}

template <unsigned shift>
void add(Hart& hart, const Operands& op) {
    const u32 a = hart.x[op.rs1];
    const u32 b = hart.x[op.rs2];
    hart.x[op.rd] = permute::halfwords(halve(imaginary(a) + imaginary(b), shift),
                                       halve(real(a) + real(b), shift));
}

template <unsigned shift>
void subtract(Hart& hart, const Operands& op) {
    const u32 a = hart.x[op.rs1];
    const u32 b = hart.x[op.rs2];
    hart.x[op.rd] = permute::halfwords(halve(imaginary(a) - imaginary(b), shift),
                                       halve(real(a) - real(b), shift));
}

/// The four shifts of one operation; `code` is insn[31:25], `none` the ending without a shift.
template <Text name, Text none, Text code, Text semantics>
constexpr std::array<Instruction, 4> shifted(SimdTraits traits,
                                             const std::array<Execute, 4>& execute) {
    constexpr Text kOperands = " rs2 rs1 ";
    constexpr Text kTail = "(0) rd 1010111";
    const auto row = [&](std::string_view row_name, std::string_view bits, Execute row_execute) {
        return simd_row(row_name, bits, "rd, rs1, rs2", Mode::any, traits, row_execute,
                        joined<semantics>);
    };
    return {
        row(joined<name, none>, joined<code, kOperands, "00", kTail>, execute[0]),
        row(joined<name, ".div2">, joined<code, kOperands, "01", kTail>, execute[1]),
        row(joined<name, ".div4">, joined<code, kOperands, "10", kTail>, execute[2]),
        row(joined<name, ".div8">, joined<code, kOperands, "11", kTail>, execute[3]),
    };
}

/// Without a shift the halfword sums are pv.add.h and pv.sub.h; tools do not emit this form.
template <Text name, Text code, Text semantics>
constexpr std::array<Instruction, 4> halved(const std::array<Execute, 4>& execute) {
    auto rows = shifted<name, ".div1", code, semantics>({}, execute);
    rows[0].canonical = false;
    return rows;
}

constexpr std::array kConjugate{
    simd_row("pv.cplxconj.h", "010111(0) rs2(0) rs1 (000) rd 1010111", "rd, rs1", Mode::any, {},
             conjugate, "rd.h[1] = -rs1.h[1]; rd.h[0] = rs1.h[0]"),
};

constexpr SimdTraits kMultiplies{Energy::dot_product, true};

constexpr auto kRows = concatenate(
    shifted<"pv.cplxmul.h.r", "", "0101010", "rd.h[0] = (re1*re2 - im1*im2) >>s (15+s)">(
        kMultiplies, {multiply_real<0>, multiply_real<1>, multiply_real<2>, multiply_real<3>}),
    shifted<"pv.cplxmul.h.i", "", "0101011", "rd.h[1] = (re1*im2 + im1*re2) >>s (15+s)">(
        kMultiplies, {multiply_imaginary<0>, multiply_imaginary<1>, multiply_imaginary<2>,
                      multiply_imaginary<3>}),
    shifted<"pv.subrotmj.h", "", "011011(0)",
            "rd.h[0] = (im1-im2) >>s s; rd.h[1] = (re2-re1) >>s s">(
        {}, {subtract_and_rotate<0>, subtract_and_rotate<1>, subtract_and_rotate<2>,
             subtract_and_rotate<3>}),
    kConjugate,
    halved<"pv.add.h", "011101(0)", "halfwords: (a+b mod 2^16) >>s s">(
        {add<0>, add<1>, add<2>, add<3>}),
    halved<"pv.sub.h", "011001(0)", "halfwords: (a-b mod 2^16) >>s s">(
        {subtract<0>, subtract<1>, subtract<2>, subtract<3>}));
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows simd_complex_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
