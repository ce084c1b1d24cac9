// SPDX-License-Identifier: Apache-2.0
// The words of an instruction row's `.syntax` string, shared by the disassembler, the assembler and
// the listings. Everything between the words is literal punctuation.
#pragma once

#include "isa/encoding.hpp"
#include "isa/instruction.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace flexv::isa {

enum class Word {
    rd,
    rs1,
    rs2,
    loop,    ///< L: a hardware loop, written x0 or x1
    imm,     ///< the immediate as it is
    imm2,    ///< the second immediate as it is
    upper,   ///< the immediate without its 12 zero bits, as lui takes it
    target,  ///< pc + the immediate
    end,     ///< pc + twice the immediate: last instruction of a hardware loop
    end2,    ///< likewise with the second immediate
    csr,     ///< number of a CSR
};

/// A piece of a syntax string: a word, or one character of punctuation.
struct SyntaxPart {
    std::optional<Word> word;
    char literal = '\0';
};

std::vector<SyntaxPart> parse_syntax(std::string_view syntax);

/// Where the value of a word sits in the encoding.
constexpr Field field_of(Word word) {
    switch (word) {
        case Word::rd:
            return Field::rd;
        case Word::rs1:
            return Field::rs1;
        case Word::rs2:
            return Field::rs2;
        case Word::loop:
            return Field::loop;
        case Word::imm2:
        case Word::end2:
            return Field::immediate2;
        default:
            return Field::immediate;
    }
}

/// The mnemonic as it is written: the row's name without the ending that tells addressing modes
/// apart.
std::string_view mnemonic(const Instruction& row);

/// ABI names, x0 first.
inline constexpr std::array<std::string_view, 32> kRegisterNames{
    "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
    "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
    "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

}  // namespace flexv::isa
