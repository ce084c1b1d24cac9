// SPDX-License-Identifier: Apache-2.0
// The integer part of the C extension. A row names the fields of its base instruction, fixed
// registers behind the semicolon, and executes what the base instruction executes. Which reserved
// and hint encodings the Flex-V decoder takes: docs/spec/isa.csv, column constraint.
#include "isa/chain.hpp"
#include "isa/encoding.hpp"
#include "isa/rows.hpp"
#include "isa/rv32i_execute.hpp"

namespace flexv::isa {
namespace {

/// One cycle in the ALU.
constexpr Instruction compute(std::string_view name, std::string_view bits, std::string_view syntax,
                              Execute execute, std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = syntax,
            .extension = Extension::c,
            .execute = execute,
            .semantics = semantics};
}

constexpr Instruction control(std::string_view name, std::string_view bits, std::string_view syntax,
                              Timing timing, Execute execute, std::string_view semantics) {
    Instruction row = compute(name, bits, syntax, execute, semantics);
    row.timing = timing;
    return row;
}

constexpr Instruction load(std::string_view name, std::string_view bits,
                           std::string_view semantics) {
    Instruction row = compute(name, bits, "rd, imm(rs1)", execute::load<u32>, semantics);
    row.timing = Timing::load;
    row.energy = Energy::load;
    row.access = {AddressMode::base_immediate, 4};
    return row;
}

constexpr Instruction store(std::string_view name, std::string_view bits,
                            std::string_view semantics) {
    Instruction row = compute(name, bits, "rs2, imm(rs1)", execute::store<u32>, semantics);
    row.timing = Timing::store;
    row.energy = Energy::store;
    row.access = {AddressMode::base_immediate, 4};
    return row;
}

constexpr std::array kRows{
    compute("c.addi4spn", "000 uimm[5:4|9:6|2|3]!0 rd' 00; rs1=2", "rd, rs1, imm", execute::addi,
            "rd = x2 + imm"),
    load("c.lw", "010 uimm[5:3] rs1' uimm[2|6] rd' 00", "rd = M32[rs1+imm]"),
    store("c.sw", "110 uimm[5:3] rs1' uimm[2|6] rs2' 00", "M32[rs1+imm] = rs2"),

    compute("c.addi", "000 imm[5] rd/rs1 imm[4:0] 01", "rd, imm", execute::addi, "rd = rd + imm"),
    control("c.jal", "001 imm[11|4|9:8|10|6|7|3:1|5] 01; rd=1", "target", Timing::jump,
            execute::jal, "x1 = pc+2; pc = pc+imm"),
    compute("c.li", "010 imm[5] rd!0 imm[4:0] 01; rs1=0", "rd, imm", execute::addi, "rd = imm"),
    compute("c.lui", "011 imm[17]!0 rd!0 imm[16:12] 01", "rd, upper", execute::lui, "rd = imm"),
    compute("c.addi16sp", "011 imm[9]!0 00010 imm[4|6|8:7|5] 01; rd=2 rs1=2", "rd, imm",
            execute::addi, "x2 = x2 + imm"),
    compute("c.srli", "100 uimm[5]!1 00 rd'/rs1' uimm[4:0]!0 01", "rd, imm", execute::srli,
            "rd = rd >>u imm"),
    compute("c.srai", "100 uimm[5]!1 01 rd'/rs1' uimm[4:0]!0 01", "rd, imm", execute::srai,
            "rd = rd >>s imm"),
    compute("c.andi", "100 imm[5] 10 rd'/rs1' imm[4:0] 01", "rd, imm", execute::andi,
            "rd = rd & imm"),
    compute("c.sub", "100 0 11 rd'/rs1' 00 rs2' 01", "rd, rs2", execute::sub, "rd = rd - rs2"),
    compute("c.xor", "100 0 11 rd'/rs1' 01 rs2' 01", "rd, rs2", execute::bit_xor, "rd = rd ^ rs2"),
    compute("c.or", "100 0 11 rd'/rs1' 10 rs2' 01", "rd, rs2", execute::bit_or, "rd = rd | rs2"),
    compute("c.and", "100 0 11 rd'/rs1' 11 rs2' 01", "rd, rs2", execute::bit_and, "rd = rd & rs2"),
    control("c.j", "101 imm[11|4|9:8|10|6|7|3:1|5] 01; rd=0", "target", Timing::jump, execute::jal,
            "pc = pc+imm"),
    control("c.beqz", "110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01; rs2=0", "rs1, target", Timing::branch,
            execute::beq, "if (rs1 == 0) pc = pc+imm"),
    control("c.bnez", "111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01; rs2=0", "rs1, target", Timing::branch,
            execute::bne, "if (rs1 != 0) pc = pc+imm"),

    compute("c.slli", "000 uimm[5]!1 rd/rs1!0 uimm[4:0]!0 10", "rd, imm", execute::slli,
            "rd = rd << imm"),
    load("c.lwsp", "010 uimm[5] rd!0 uimm[4:2|7:6] 10; rs1=2", "rd = M32[x2+imm]"),
    // Unlike the standard, rs1 = x0 is legal in this hardware and jumps to 0.
    control("c.jr", "100 0 rs1 00000 10; rd=0", "rs1", Timing::jump_register, execute::jalr,
            "pc = rs1 & ~1"),
    compute("c.mv", "100 0 rd rs2!0 10; rs1=0", "rd, rs2", execute::add, "rd = rs2"),
    control("c.ebreak", "100 1 00000 00000 10", "", Timing::environment, execute::ebreak,
            "trap, cause 3; mepc = pc"),
    control("c.jalr", "100 1 rs1!0 00000 10; rd=1", "rs1", Timing::jump_register, execute::jalr,
            "t = rs1 & ~1; x1 = pc+2; pc = t"),
    compute("c.add", "100 1 rd/rs1!0 rs2!0 10", "rd, rs2", execute::add, "rd = rd + rs2"),
    store("c.swsp", "110 uimm[5:2|7:6] rs2 10; rs1=2", "M32[x2+imm] = rs2"),
};
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows rv32c_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
