// SPDX-License-Identifier: Apache-2.0
// Complex numbers of two halfwords (real part low) and halfword sums with a shift. The same in both
// SIMD modes; insn[14:13] is the shift (docs/spec/isa.md, section 10).
#include "isa/chain.hpp"
#include "isa/rows/compute.hpp"
#include "isa/rows/rows.hpp"
#include "isa/rows/simd_permutation.hpp"

namespace flexv::isa {
namespace {

constexpr i32 real(u32 word) { return signed_lane<16>(word, 0); }
constexpr i32 imaginary(u32 word) { return signed_lane<16>(word, 1); }

/// A halfword sum wraps before it is shifted.
constexpr u32 halve(i32 value, unsigned shift) { return u32(i16(value) >> shift); }

template <unsigned shift>
struct MultiplyReal {
    constexpr u32 operator()(u32 rd, u32 a, u32 b) const {
        const u32 sum = u32(real(a) * real(b)) - u32(imaginary(a) * imaginary(b));
        return permute::halfwords(rd >> 16, u32(i32(sum) >> (15 + shift)));
    }
};

template <unsigned shift>
struct MultiplyImaginary {
    constexpr u32 operator()(u32 rd, u32 a, u32 b) const {
        const u32 sum = u32(real(a) * imaginary(b)) + u32(imaginary(a) * real(b));
        return permute::halfwords(u32(i32(sum) >> (15 + shift)), rd);
    }
};

/// (a - b) times -j: what a butterfly of an FFT needs.
template <unsigned shift>
struct SubtractAndRotate {
    constexpr u32 operator()(u32 a, u32 b) const {
        return permute::halfwords(halve(real(b) - real(a), shift),
                                  halve(imaginary(a) - imaginary(b), shift));
    }
};

template <unsigned shift>
struct Add {
    constexpr u32 operator()(u32 a, u32 b) const {
        return permute::halfwords(halve(imaginary(a) + imaginary(b), shift),
                                  halve(real(a) + real(b), shift));
    }
};

template <unsigned shift>
struct Subtract {
    constexpr u32 operator()(u32 a, u32 b) const {
        return permute::halfwords(halve(imaginary(a) - imaginary(b), shift),
                                  halve(real(a) - real(b), shift));
    }
};

/// The four shifts of one operation; `code` is insn[31:25], `none` the ending without a shift.
template <template <unsigned> typename Op, unsigned macs, Text name, Text none, Text code,
          Text semantics>
constexpr std::array<Instruction, 4> shifted() {
    constexpr Text kOperands = " rs2 rs1 ";
    constexpr Text kTail = "(0) rd 1010111";
    return {
        compute<macs>(joined<name, none>, joined<code, kOperands, "00", kTail>, joined<semantics>,
                      Op<0>{}),
        compute<macs>(joined<name, ".div2">, joined<code, kOperands, "01", kTail>,
                      joined<semantics>, Op<1>{}),
        compute<macs>(joined<name, ".div4">, joined<code, kOperands, "10", kTail>,
                      joined<semantics>, Op<2>{}),
        compute<macs>(joined<name, ".div8">, joined<code, kOperands, "11", kTail>,
                      joined<semantics>, Op<3>{}),
    };
}

/// A multiplication of complex numbers, half of it an instruction, goes through the dot-product
/// unit.
template <template <unsigned> typename Op, Text name, Text code, Text semantics>
constexpr std::array<Instruction, 4> multiplications() {
    auto rows = shifted<Op, 2, name, "", code, semantics>();
    for (Instruction& row : rows)
        row.energy = Energy::dot_product;
    return rows;
}

/// Without a shift the halfword sums are pv.add.h and pv.sub.h; tools do not emit this form.
template <template <unsigned> typename Op, Text name, Text code, Text semantics>
constexpr std::array<Instruction, 4> halved() {
    auto rows = shifted<Op, 0, name, ".div1", code, semantics>();
    rows[0].canonical = false;
    return rows;
}

/// Tools emit rs2 = x0; the hardware subtracts from its imaginary part.
constexpr std::array kConjugate{
    compute("pv.cplxconj.h", "010111(0) rs2(0) rs1 (000) rd 1010111",
            "rd.h[1] = -rs1.h[1]; rd.h[0] = rs1.h[0]",
            [](u32 a, u32 b) { return permute::halfwords(u32(imaginary(b) - imaginary(a)), a); }),
};

constexpr auto kRows = of_extension(
    Extension::xpulpv2,
    concatenate(multiplications<MultiplyReal, "pv.cplxmul.h.r", "0101010",
                                "rd.h[0] = (re1*re2 - im1*im2) >>s (15+s)">(),
                multiplications<MultiplyImaginary, "pv.cplxmul.h.i", "0101011",
                                "rd.h[1] = (re1*im2 + im1*re2) >>s (15+s)">(),
                shifted<SubtractAndRotate, 0, "pv.subrotmj.h", "", "011011(0)",
                        "rd.h[0] = (im1-im2) >>s s; rd.h[1] = (re2-re1) >>s s">(),
                kConjugate,
                halved<Add, "pv.add.h", "011101(0)", "halfwords: (a+b mod 2^16) >>s s">(),
                halved<Subtract, "pv.sub.h", "011001(0)", "halfwords: (a-b mod 2^16) >>s s">()));
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows simd_complex_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
