// SPDX-License-Identifier: Apache-2.0
// RV32I and Zifencei. Encodings: RISC-V unprivileged specification; what the Flex-V decoder
// examines of them: docs/spec/isa.csv, column rtl_mask.
#include "isa/chain.hpp"
#include "isa/encoding.hpp"
#include "isa/rows.hpp"
#include "isa/rv32i_execute.hpp"

namespace flexv::isa {
namespace {

constexpr Instruction immediate(std::string_view name, std::string_view bits, Execute execute,
                                std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = "rd, rs1, imm",
            .execute = execute,
            .semantics = semantics};
}

constexpr Instruction registers(std::string_view name, std::string_view bits, Execute execute,
                                std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = "rd, rs1, rs2",
            .execute = execute,
            .semantics = semantics};
}

constexpr Instruction branch(std::string_view name, std::string_view bits, Execute execute,
                             std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = "rs1, rs2, target",
            .timing = Timing::branch,
            .execute = execute,
            .semantics = semantics};
}

template <typename T>
constexpr Instruction load(std::string_view name, std::string_view bits,
                           std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = "rd, imm(rs1)",
            .timing = Timing::load,
            .energy = Energy::load,
            .access = {AddressMode::base_immediate, sizeof(T)},
            .execute = execute::load<T>,
            .semantics = semantics};
}

template <typename T>
constexpr Instruction store(std::string_view name, std::string_view bits,
                            std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = "rs2, imm(rs1)",
            .timing = Timing::store,
            .energy = Energy::store,
            .access = {AddressMode::base_immediate, sizeof(T)},
            .execute = execute::store<T>,
            .semantics = semantics};
}

constexpr std::array kRows{
    Instruction{.name = "lui",
                .bits = "imm[31:12] rd 0110111",
                .syntax = "rd, upper",
                .execute = execute::lui,
                .semantics = "rd = imm"},
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
                .execute = execute::jal,
                .semantics = "rd = pc+4; pc = pc+imm"},
    Instruction{.name = "jalr",
                .bits = "imm[11:0] rs1 000 rd 1100111",
                .syntax = "rd, imm(rs1)",
                .timing = Timing::jump_register,
                .execute = execute::jalr,
                .semantics = "t = (rs1+imm) & ~1; rd = pc+4; pc = t"},

    branch("beq", "imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011", execute::beq,
           "if (rs1 == rs2) pc = pc+imm"),
    branch("bne", "imm[12|10:5] rs2 rs1 001 imm[4:1|11] 1100011", execute::bne,
           "if (rs1 != rs2) pc = pc+imm"),
    branch(
        "blt", "imm[12|10:5] rs2 rs1 100 imm[4:1|11] 1100011",
        [](Hart& hart, const Operands& op) {
            execute::branch_if(i32(hart.x[op.rs1]) < i32(hart.x[op.rs2]), hart, op);
        },
        "if (rs1 <s rs2) pc = pc+imm"),
    branch(
        "bge", "imm[12|10:5] rs2 rs1 101 imm[4:1|11] 1100011",
        [](Hart& hart, const Operands& op) {
            execute::branch_if(i32(hart.x[op.rs1]) >= i32(hart.x[op.rs2]), hart, op);
        },
        "if (rs1 >=s rs2) pc = pc+imm"),
    branch(
        "bltu", "imm[12|10:5] rs2 rs1 110 imm[4:1|11] 1100011",
        [](Hart& hart, const Operands& op) {
            execute::branch_if(hart.x[op.rs1] < hart.x[op.rs2], hart, op);
        },
        "if (rs1 <u rs2) pc = pc+imm"),
    branch(
        "bgeu", "imm[12|10:5] rs2 rs1 111 imm[4:1|11] 1100011",
        [](Hart& hart, const Operands& op) {
            execute::branch_if(hart.x[op.rs1] >= hart.x[op.rs2], hart, op);
        },
        "if (rs1 >=u rs2) pc = pc+imm"),

    load<i8>("lb", "imm[11:0] rs1 000 rd 0000011", "rd = sx8(M8[rs1+imm])"),
    load<i16>("lh", "imm[11:0] rs1 001 rd 0000011", "rd = sx16(M16[rs1+imm])"),
    load<u32>("lw", "imm[11:0] rs1 010 rd 0000011", "rd = M32[rs1+imm]"),
    load<u8>("lbu", "imm[11:0] rs1 100 rd 0000011", "rd = zx8(M8[rs1+imm])"),
    load<u16>("lhu", "imm[11:0] rs1 101 rd 0000011", "rd = zx16(M16[rs1+imm])"),
    store<u8>("sb", "imm[11:5] rs2 rs1 000 imm[4:0] 0100011", "M8[rs1+imm] = rs2"),
    store<u16>("sh", "imm[11:5] rs2 rs1 001 imm[4:0] 0100011", "M16[rs1+imm] = rs2"),
    store<u32>("sw", "imm[11:5] rs2 rs1 010 imm[4:0] 0100011", "M32[rs1+imm] = rs2"),

    immediate("addi", "imm[11:0] rs1 000 rd 0010011", execute::addi, "rd = rs1 + imm"),
    immediate(
        "slti", "imm[11:0] rs1 010 rd 0010011",
        [](Hart& hart, const Operands& op) { hart.x[op.rd] = i32(hart.x[op.rs1]) < op.imm; },
        "rd = rs1 <s imm"),
    immediate(
        "sltiu", "imm[11:0] rs1 011 rd 0010011",
        [](Hart& hart, const Operands& op) { hart.x[op.rd] = hart.x[op.rs1] < u32(op.imm); },
        "rd = rs1 <u imm"),
    immediate(
        "xori", "imm[11:0] rs1 100 rd 0010011",
        [](Hart& hart, const Operands& op) { hart.x[op.rd] = hart.x[op.rs1] ^ u32(op.imm); },
        "rd = rs1 ^ imm"),
    immediate(
        "ori", "imm[11:0] rs1 110 rd 0010011",
        [](Hart& hart, const Operands& op) { hart.x[op.rd] = hart.x[op.rs1] | u32(op.imm); },
        "rd = rs1 | imm"),
    immediate("andi", "imm[11:0] rs1 111 rd 0010011", execute::andi, "rd = rs1 & imm"),
    immediate("slli", "0000000 uimm[4:0] rs1 001 rd 0010011", execute::slli, "rd = rs1 << imm"),
    immediate("srli", "0000000 uimm[4:0] rs1 101 rd 0010011", execute::srli, "rd = rs1 >>u imm"),
    immediate("srai", "0100000 uimm[4:0] rs1 101 rd 0010011", execute::srai, "rd = rs1 >>s imm"),

    registers("add", "0000000 rs2 rs1 000 rd 0110011", execute::add, "rd = rs1 + rs2"),
    registers("sub", "0100000 rs2 rs1 000 rd 0110011", execute::sub, "rd = rs1 - rs2"),
    registers(
        "sll", "0000000 rs2 rs1 001 rd 0110011",
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = hart.x[op.rs1] << (hart.x[op.rs2] & 31);
        },
        "rd = rs1 << rs2[4:0]"),
    registers(
        "slt", "0000000 rs2 rs1 010 rd 0110011",
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = i32(hart.x[op.rs1]) < i32(hart.x[op.rs2]);
        },
        "rd = rs1 <s rs2"),
    registers(
        "sltu", "0000000 rs2 rs1 011 rd 0110011",
        [](Hart& hart, const Operands& op) { hart.x[op.rd] = hart.x[op.rs1] < hart.x[op.rs2]; },
        "rd = rs1 <u rs2"),
    registers("xor", "0000000 rs2 rs1 100 rd 0110011", execute::bit_xor, "rd = rs1 ^ rs2"),
    registers(
        "srl", "0000000 rs2 rs1 101 rd 0110011",
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = hart.x[op.rs1] >> (hart.x[op.rs2] & 31);
        },
        "rd = rs1 >>u rs2[4:0]"),
    registers(
        "sra", "0100000 rs2 rs1 101 rd 0110011",
        [](Hart& hart, const Operands& op) {
            hart.x[op.rd] = u32(i32(hart.x[op.rs1]) >> (hart.x[op.rs2] & 31));
        },
        "rd = rs1 >>s rs2[4:0]"),
    registers("or", "0000000 rs2 rs1 110 rd 0110011", execute::bit_or, "rd = rs1 | rs2"),
    registers("and", "0000000 rs2 rs1 111 rd 0110011", execute::bit_and, "rd = rs1 & rs2"),

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
                .execute = execute::ebreak,
                .semantics = "trap, cause 3; mepc = pc"},
};
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows rv32i_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
