// SPDX-License-Identifier: Apache-2.0
// The M extension: multiplication and division. Corner cases: RISC-V unprivileged specification, M,
// table 1.
#include "isa/chain.hpp"
#include "isa/encoding.hpp"
#include "isa/hart.hpp"
#include "isa/rows.hpp"

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

constexpr Instruction multiply(std::string_view name, std::string_view bits, Timing timing,
                               Execute execute, std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = "rd, rs1, rs2",
            .extension = Extension::m,
            .timing = timing,
            .energy = Energy::multiply,
            .execute = execute,
            .semantics = semantics};
}

constexpr Instruction division(std::string_view name, std::string_view bits, Execute execute,
                               std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = "rd, rs1, rs2",
            .extension = Extension::m,
            .timing = Timing::divide,
            .energy = Energy::divide,
            .execute = execute,
            .semantics = semantics};
}

constexpr std::array kRows{
    multiply(
        "mul", "0000001 rs2 rs1 000 rd 0110011", Timing::single,
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = hart.x[op.rs1] * hart.x[op.rs2];
            ++hart.macs;
        },
        "rd = lo32(rs1 * rs2)"),
    multiply(
        "mulh", "0000001 rs2 rs1 001 rd 0110011", Timing::multiply_high,
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = upper_half(i32(hart.x[op.rs1]), i32(hart.x[op.rs2]));
            ++hart.macs;
        },
        "rd = hi32(sx(rs1) * sx(rs2))"),
    multiply(
        "mulhsu", "0000001 rs2 rs1 010 rd 0110011", Timing::multiply_high,
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = upper_half(i32(hart.x[op.rs1]), hart.x[op.rs2]);
            ++hart.macs;
        },
        "rd = hi32(sx(rs1) * zx(rs2))"),
    multiply(
        "mulhu", "0000001 rs2 rs1 011 rd 0110011", Timing::multiply_high,
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = u32((u64{hart.x[op.rs1]} * hart.x[op.rs2]) >> 32);
            ++hart.macs;
        },
        "rd = hi32(zx(rs1) * zx(rs2))"),
    division(
        "div", "0000001 rs2 rs1 100 rd 0110011",
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = divide(i32(hart.x[op.rs1]), i32(hart.x[op.rs2]));
        },
        "rd = rs1 / rs2 signed; -1 when rs2 = 0"),
    division(
        "divu", "0000001 rs2 rs1 101 rd 0110011",
        [](Hart& hart, const Operands& op) {
            const u32 divisor = hart.x[op.rs2];
            hart.x[op.rd] = divisor == 0 ? ~u32{0} : hart.x[op.rs1] / divisor;
        },
        "rd = rs1 / rs2 unsigned; 2^32-1 when rs2 = 0"),
    division(
        "rem", "0000001 rs2 rs1 110 rd 0110011",
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = remainder(i32(hart.x[op.rs1]), i32(hart.x[op.rs2]));
        },
        "rd = rs1 % rs2 signed; rs1 when rs2 = 0"),
    division(
        "remu", "0000001 rs2 rs1 111 rd 0110011",
        [](Hart& hart, const Operands& op) {
            const u32 divisor = hart.x[op.rs2];
            hart.x[op.rd] = divisor == 0 ? hart.x[op.rs1] : hart.x[op.rs1] % divisor;
        },
        "rd = rs1 % rs2 unsigned; rs1 when rs2 = 0"),
};
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows rv32m_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
