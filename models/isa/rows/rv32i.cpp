// SPDX-License-Identifier: Apache-2.0
// RV32I and Zifencei, and the integer part of the C extension, whose rows are those of RV32I in
// other bits. Encodings: RISC-V unprivileged specification; what the Flex-V decoder examines of
// them and which reserved and hint encodings it takes: docs/spec/isa.csv, columns rtl_mask and
// constraint.
#include "isa/chain.hpp"
#include "isa/rows/compute.hpp"
#include "isa/rows/memory.hpp"
#include "isa/rows/rows.hpp"

#include <algorithm>

namespace flexv::isa {
namespace {

// What a row computes of registers, another one computes of a register and an immediate.
constexpr auto kAdd = operation<"rs1 + rs2">([](Word auto a, Word auto b) { return a + b; });
constexpr auto kXor = operation<"rs1 ^ rs2">([](Word auto a, Word auto b) { return a ^ b; });
constexpr auto kOr = operation<"rs1 | rs2">([](Word auto a, Word auto b) { return a | b; });
constexpr auto kAnd = operation<"rs1 & rs2">([](Word auto a, Word auto b) { return a & b; });
constexpr auto kLess =
    operation<"rs1 <s rs2">([](Word auto a, Word auto b) { return as_signed(a) < as_signed(b); });
constexpr auto kLessUnsigned =
    operation<"rs1 <u rs2">([](Word auto a, Word auto b) { return a < b; });
constexpr auto kShiftLeft =
    operation<"rs1 << rs2[4:0]">([](Word auto a, Word auto b) { return a << (b & 31); });
constexpr auto kShiftRight =
    operation<"rs1 >>u rs2[4:0]">([](Word auto a, Word auto b) { return a >> (b & 31); });
constexpr auto kShiftRightArithmetic = operation<"rs1 >>s rs2[4:0]">(
    [](Word auto a, Word auto b) { return as_signed(a) >> (b & 31); });

template <typename T>
constexpr Instruction load(std::string_view name, std::string_view bits) {
    constexpr AddressMode kMode = AddressMode::base_immediate;
    return {.name = name,
            .bits = bits,
            .syntax = "rd, imm(rs1)",
            .timing = Timing::load,
            .energy = Energy::load,
            .access = {kMode, sizeof(T)},
            .execute = execute_load<T, kMode>,
            .semantics = joined<"rd = ", loaded_text<T>()>};
}

template <typename T>
constexpr Instruction store(std::string_view name, std::string_view bits) {
    constexpr AddressMode kMode = AddressMode::base_immediate;
    return {.name = name,
            .bits = bits,
            .syntax = "rs2, imm(rs1)",
            .timing = Timing::store,
            .energy = Energy::store,
            .access = {kMode, sizeof(T)},
            .execute = execute_store<T, kMode>,
            .semantics = joined<kMemoryText<T>, " = rs2">};
}

/// The link value is the sequential successor: pc + 2 behind a compressed jump.
void jump_and_link(Hart& hart, const Operands& op) {
    hart.x[op.rd] = hart.next_pc;
    hart.next_pc = hart.pc + u32(op.imm);
}

void jump_to_register(Hart& hart, const Operands& op) {
    const u32 target = (hart.x[op.rs1] + u32(op.imm)) & ~u32{1};
    hart.x[op.rd] = hart.next_pc;
    hart.next_pc = target;
}

constexpr std::array kRows{
    with_syntax("rd, upper", compute("lui", "imm[31:12] rd 0110111", "rd = imm",
                                     [](Word auto imm) { return imm; })),
    Instruction{
        .name = "auipc",
        .bits = "imm[31:12] rd 0010111",
        .syntax = "rd, upper",
        .reads_pc = true,
        .execute = [](Hart& hart, const Operands& op) { hart.x[op.rd] = hart.pc + u32(op.imm); },
        .semantics = "rd = pc + imm"},
    Instruction{.name = "jal",
                .bits = "imm[20|10:1|11|19:12] rd 1101111",
                .syntax = "rd, target",
                .timing = Timing::jump,
                .execute = jump_and_link,
                .semantics = "rd = pc+4; pc = pc+imm"},
    Instruction{.name = "jalr",
                .bits = "imm[11:0] rs1 000 rd 1100111",
                .syntax = "rd, imm(rs1)",
                .timing = Timing::jump_register,
                .execute = jump_to_register,
                .semantics = "t = (rs1+imm) & ~1; rd = pc+4; pc = t"},

    branch("beq", "imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011",
           operation<"rs1 == rs2">([](Word auto a, Word auto b) { return a == b; })),
    branch("bne", "imm[12|10:5] rs2 rs1 001 imm[4:1|11] 1100011",
           operation<"rs1 != rs2">([](Word auto a, Word auto b) { return a != b; })),
    branch("blt", "imm[12|10:5] rs2 rs1 100 imm[4:1|11] 1100011", kLess),
    branch("bge", "imm[12|10:5] rs2 rs1 101 imm[4:1|11] 1100011",
           operation<"rs1 >=s rs2">(
               [](Word auto a, Word auto b) { return as_signed(a) >= as_signed(b); })),
    branch("bltu", "imm[12|10:5] rs2 rs1 110 imm[4:1|11] 1100011", kLessUnsigned),
    branch("bgeu", "imm[12|10:5] rs2 rs1 111 imm[4:1|11] 1100011",
           operation<"rs1 >=u rs2">([](Word auto a, Word auto b) { return a >= b; })),

    load<i8>("lb", "imm[11:0] rs1 000 rd 0000011"),
    load<i16>("lh", "imm[11:0] rs1 001 rd 0000011"),
    load<u32>("lw", "imm[11:0] rs1 010 rd 0000011"),
    load<u8>("lbu", "imm[11:0] rs1 100 rd 0000011"),
    load<u16>("lhu", "imm[11:0] rs1 101 rd 0000011"),
    store<u8>("sb", "imm[11:5] rs2 rs1 000 imm[4:0] 0100011"),
    store<u16>("sh", "imm[11:5] rs2 rs1 001 imm[4:0] 0100011"),
    store<u32>("sw", "imm[11:5] rs2 rs1 010 imm[4:0] 0100011"),

    compute("addi", "imm[11:0] rs1 000 rd 0010011", kAdd),
    compute("slti", "imm[11:0] rs1 010 rd 0010011", kLess),
    compute("sltiu", "imm[11:0] rs1 011 rd 0010011", kLessUnsigned),
    compute("xori", "imm[11:0] rs1 100 rd 0010011", kXor),
    compute("ori", "imm[11:0] rs1 110 rd 0010011", kOr),
    compute("andi", "imm[11:0] rs1 111 rd 0010011", kAnd),
    compute("slli", "0000000 uimm[4:0] rs1 001 rd 0010011", kShiftLeft),
    compute("srli", "0000000 uimm[4:0] rs1 101 rd 0010011", kShiftRight),
    compute("srai", "0100000 uimm[4:0] rs1 101 rd 0010011", kShiftRightArithmetic),

    compute("add", "0000000 rs2 rs1 000 rd 0110011", kAdd),
    compute("sub", "0100000 rs2 rs1 000 rd 0110011",
            operation<"rs1 - rs2">([](Word auto a, Word auto b) { return a - b; })),
    compute("sll", "0000000 rs2 rs1 001 rd 0110011", kShiftLeft),
    compute("slt", "0000000 rs2 rs1 010 rd 0110011", kLess),
    compute("sltu", "0000000 rs2 rs1 011 rd 0110011", kLessUnsigned),
    compute("xor", "0000000 rs2 rs1 100 rd 0110011", kXor),
    compute("srl", "0000000 rs2 rs1 101 rd 0110011", kShiftRight),
    compute("sra", "0100000 rs2 rs1 101 rd 0110011", kShiftRightArithmetic),
    compute("or", "0000000 rs2 rs1 110 rd 0110011", kOr),
    compute("and", "0000000 rs2 rs1 111 rd 0110011", kAnd),

    // All fields are ignored; the prefetch buffer is flushed, which is the core's business.
    Instruction{.name = "fence",
                .bits = "------------ ----- 000 ----- 0001111",
                .timing = Timing::fence,
                .energy = Energy::idle,
                .execute = [](Hart&, const Operands&) {},
                .semantics = "flush the pipeline and fetch again from pc+4"},
    Instruction{.name = "fence.i",
                .bits = "------------ ----- 001 ----- 0001111",
                .extension = Extension::zifencei,
                .timing = Timing::fence,
                .energy = Energy::idle,
                .execute = [](Hart&, const Operands&) {},
                .semantics = "flush the pipeline and fetch again from pc+4"},
    Instruction{.name = "ecall",
                .bits = "000000000000 00000 000 00000 1110011",
                .timing = Timing::environment,
                .execute = [](Hart&, const Operands&) { throw Trap{Cause::environment_call}; },
                .semantics = "trap, cause 11; mepc = pc"},
    Instruction{.name = "ebreak",
                .bits = "000000000001 00000 000 00000 1110011",
                .timing = Timing::environment,
                .execute = [](Hart&, const Operands&) { throw Trap{Cause::breakpoint}; },
                .semantics = "trap, cause 3; mepc = pc"},
};
static_assert(distinct(kRows), "two rows can match the same word");

/// The row `base` in the bits of `name`, which names the same fields; registers that a compressed
/// word does not hold stand behind the semicolon. `semantics` where those of the base become
/// simpler by them.
constexpr Instruction compressed(std::string_view name, std::string_view base,
                                 std::string_view bits, std::string_view syntax,
                                 std::string_view semantics = {}) {
    Instruction row = *std::ranges::find(kRows, base, &Instruction::name);
    row.name = name;
    row.bits = bits;
    row.syntax = syntax;
    row.extension = Extension::c;
    if (!semantics.empty())
        row.semantics = semantics;
    return row;
}

constexpr std::array kCompressedRows{
    compressed("c.addi4spn", "addi", "000 uimm[5:4|9:6|2|3]!0 rd' 00; rs1=2", "rd, rs1, imm"),
    compressed("c.lw", "lw", "010 uimm[5:3] rs1' uimm[2|6] rd' 00", "rd, imm(rs1)"),
    compressed("c.sw", "sw", "110 uimm[5:3] rs1' uimm[2|6] rs2' 00", "rs2, imm(rs1)"),

    compressed("c.addi", "addi", "000 imm[5] rd/rs1 imm[4:0] 01", "rd, imm"),
    compressed("c.jal", "jal", "001 imm[11|4|9:8|10|6|7|3:1|5] 01; rd=1", "target"),
    compressed("c.li", "addi", "010 imm[5] rd!0 imm[4:0] 01; rs1=0", "rd, imm"),
    compressed("c.lui", "lui", "011 imm[17]!0 rd!0 imm[16:12] 01", "rd, upper"),
    compressed("c.addi16sp", "addi", "011 imm[9]!0 00010 imm[4|6|8:7|5] 01; rd=2 rs1=2", "rd, imm"),
    compressed("c.srli", "srli", "100 uimm[5]!1 00 rd'/rs1' uimm[4:0]!0 01", "rd, imm"),
    compressed("c.srai", "srai", "100 uimm[5]!1 01 rd'/rs1' uimm[4:0]!0 01", "rd, imm"),
    compressed("c.andi", "andi", "100 imm[5] 10 rd'/rs1' imm[4:0] 01", "rd, imm"),
    compressed("c.sub", "sub", "100 0 11 rd'/rs1' 00 rs2' 01", "rd, rs2"),
    compressed("c.xor", "xor", "100 0 11 rd'/rs1' 01 rs2' 01", "rd, rs2"),
    compressed("c.or", "or", "100 0 11 rd'/rs1' 10 rs2' 01", "rd, rs2"),
    compressed("c.and", "and", "100 0 11 rd'/rs1' 11 rs2' 01", "rd, rs2"),
    compressed("c.j", "jal", "101 imm[11|4|9:8|10|6|7|3:1|5] 01; rd=0", "target"),
    compressed("c.beqz", "beq", "110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01; rs2=0", "rs1, target"),
    compressed("c.bnez", "bne", "111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01; rs2=0", "rs1, target"),

    compressed("c.slli", "slli", "000 uimm[5]!1 rd/rs1!0 uimm[4:0]!0 10", "rd, imm"),
    compressed("c.lwsp", "lw", "010 uimm[5] rd!0 uimm[4:2|7:6] 10; rs1=2", "rd, imm(rs1)"),
    // Unlike the standard, rs1 = x0 is legal in this hardware and jumps to 0.
    compressed("c.jr", "jalr", "100 0 rs1 00000 10; rd=0", "rs1", "pc = rs1 & ~1"),
    compressed("c.mv", "add", "100 0 rd rs2!0 10; rs1=0", "rd, rs2"),
    compressed("c.ebreak", "ebreak", "100 1 00000 00000 10", ""),
    compressed("c.jalr", "jalr", "100 1 rs1!0 00000 10; rd=1", "rs1",
               "t = rs1 & ~1; x1 = pc+2; pc = t"),
    compressed("c.add", "add", "100 1 rd/rs1!0 rs2!0 10", "rd, rs2"),
    compressed("c.swsp", "sw", "110 uimm[5:2|7:6] rs2 10; rs1=2", "rs2, imm(rs1)"),
};
static_assert(distinct(kCompressedRows), "two rows can match the same word");

}  // namespace

Rows rv32i_rows() { return kChained<kRows>; }

Rows rv32c_rows() { return kChained<kCompressedRows>; }

}  // namespace flexv::isa
