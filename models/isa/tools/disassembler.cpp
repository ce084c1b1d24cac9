// SPDX-License-Identifier: Apache-2.0
// Prints the operands as the row's syntax string says.
#include "isa/tools/disassembler.hpp"

#include "isa/csr.hpp"
#include "isa/tools/syntax.hpp"

#include <fmt/format.h>

namespace flexv::isa {
namespace {

std::string hexadecimal(u32 value) { return fmt::format("{:#x}", value); }

/// The second immediate, extended as its row says.
i32 second_immediate(const Instruction& row, const Operands& op) {
    const bool is_signed = encoding_of(row).field(Field::immediate2).is_signed;
    return is_signed ? i8(op.imm2) : op.imm2;
}

std::string register_name(unsigned index, RegisterNames names) {
    return names == RegisterNames::abi ? std::string(kRegisterNames[index])
                                       : fmt::format("x{}", index);
}

std::string operand(Word word, const Instruction& row, const Operands& op, u32 pc,
                    RegisterNames names) {
    switch (word) {
        case Word::rd:
            return register_name(op.rd, names);
        case Word::rs1:
            return register_name(op.rs1, names);
        case Word::rs2:
            return register_name(op.rs2, names);
        case Word::loop:
            return fmt::format("x{}", op.rd);
        case Word::imm:
            return std::to_string(op.imm);
        case Word::imm2:
            return std::to_string(second_immediate(row, op));
        case Word::upper:
            return hexadecimal(u32(op.imm) >> 12);
        case Word::target:
            return hexadecimal(pc + u32(op.imm));
        case Word::end:
            return hexadecimal(pc + 2 * u32(op.imm));
        case Word::end2:
            return hexadecimal(pc + 2 * u32{op.imm2});
        case Word::csr:
            return csr_name(u32(op.imm));
    }
    return {};
}

}  // namespace

std::string format_instruction(const Instruction& row, const Operands& op, u32 pc,
                               RegisterNames names) {
    std::string text(mnemonic(row));
    char separator = ' ';
    for (const SyntaxPart& part : parse_syntax(row.syntax)) {
        if (part.word && separator != '\0')
            text += separator;
        text += part.word ? operand(*part.word, row, op, pc, names) : std::string(1, part.literal);
        separator = part.literal == ',' ? ' ' : '\0';
    }
    return text;
}

std::string disassemble(u32 word, u32 pc, const Decoder& decoder, Mode mode) {
    if (const Instruction* row = decoder.find(word, mode))
        return format_instruction(*row, operands_of(*row, word), pc);
    return is_compressed(word) ? fmt::format(".half 0x{:04x}", word & 0xffff)
                               : fmt::format(".word 0x{:08x}", word);
}

}  // namespace flexv::isa
