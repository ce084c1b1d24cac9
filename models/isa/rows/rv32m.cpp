// SPDX-License-Identifier: Apache-2.0
// The M extension: multiplication and division. Corner cases: RISC-V unprivileged specification, M,
// table 1.
#include "isa/chain.hpp"
#include "isa/rows/compute.hpp"
#include "isa/rows/rows.hpp"

#include <limits>

namespace flexv::isa {
namespace {

constexpr i32 kMinimum = std::numeric_limits<i32>::min();

constexpr u32 divide(i32 dividend, i32 divisor) {
    if (divisor == 0)
        return ~u32{0};
    if (dividend == kMinimum && divisor == -1)
        return u32(kMinimum);
    return u32(dividend / divisor);
}

constexpr u32 remainder(i32 dividend, i32 divisor) {
    if (divisor == 0)
        return u32(dividend);
    if (dividend == kMinimum && divisor == -1)
        return 0;
    return u32(dividend % divisor);
}

/// Upper half of the product of two operands that were extended to 64 bits.
constexpr u32 upper_half(i64 a, i64 b) { return u32(u64(a * b) >> 32); }

template <Text text, typename Function>
constexpr Instruction multiply(std::string_view name, std::string_view bits, Timing timing,
                               Operation<text, Function> what) {
    Instruction row = compute<1>(name, bits, what);
    row.timing = timing;
    return row;
}

template <Text text, typename Function>
constexpr Instruction division(std::string_view name, std::string_view bits,
                               Operation<text, Function> what) {
    Instruction row = compute(name, bits, what);
    row.timing = Timing::divide;
    row.energy = Energy::divide;
    return row;
}

constexpr auto kRows = of_extension(
    Extension::m,
    std::array{
        multiply("mul", "0000001 rs2 rs1 000 rd 0110011", Timing::single,
                 operation<"lo32(rs1 * rs2)">([](Word auto a, Word auto b) { return a * b; })),
        multiply("mulh", "0000001 rs2 rs1 001 rd 0110011", Timing::multiply_high,
                 operation<"hi32(sx(rs1) * sx(rs2))">(
                     [](u32 a, u32 b) { return upper_half(i32(a), i32(b)); })),
        multiply("mulhsu", "0000001 rs2 rs1 010 rd 0110011", Timing::multiply_high,
                 operation<"hi32(sx(rs1) * zx(rs2))">(
                     [](u32 a, u32 b) { return upper_half(i32(a), b); })),
        multiply("mulhu", "0000001 rs2 rs1 011 rd 0110011", Timing::multiply_high,
                 operation<"hi32(zx(rs1) * zx(rs2))">(
                     [](u32 a, u32 b) { return u32((u64{a} * b) >> 32); })),
        division("div", "0000001 rs2 rs1 100 rd 0110011",
                 operation<"rs1 / rs2 signed; -1 when rs2 = 0">(
                     [](u32 a, u32 b) { return divide(i32(a), i32(b)); })),
        division("divu", "0000001 rs2 rs1 101 rd 0110011",
                 operation<"rs1 / rs2 unsigned; 2^32-1 when rs2 = 0">(
                     [](u32 a, u32 b) { return b == 0 ? ~u32{0} : a / b; })),
        division("rem", "0000001 rs2 rs1 110 rd 0110011",
                 operation<"rs1 % rs2 signed; rs1 when rs2 = 0">(
                     [](u32 a, u32 b) { return remainder(i32(a), i32(b)); })),
        division("remu", "0000001 rs2 rs1 111 rd 0110011",
                 operation<"rs1 % rs2 unsigned; rs1 when rs2 = 0">(
                     [](u32 a, u32 b) { return b == 0 ? a : a % b; })),
    });
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows rv32m_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
