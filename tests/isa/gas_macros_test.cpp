// SPDX-License-Identifier: Apache-2.0
// The generated assembler macros through the real GNU assembler: every custom instruction, with
// random operands, gives the word that it was taken from. Skipped where the assembler is not
// installed.
#include "isa/gas.hpp"
#include "isa/random_word.hpp"
#include "isa/support.hpp"
#include "isa/tools/syntax.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace flexv::test {
namespace {

std::string argument(isa::Word word, const isa::Operands& op, bool imm2_signed) {
    using isa::Word;
    switch (word) {
        case Word::rd:
            return std::string(isa::kRegisterNames[op.rd]);
        case Word::rs1:
            return std::string(isa::kRegisterNames[op.rs1]);
        case Word::rs2:
            return fmt::format("x{}", op.rs2);
        case Word::loop:
            return std::to_string(op.rd);
        case Word::imm2:
            return std::to_string(imm2_signed ? i8(op.imm2) : op.imm2);
        case Word::end:
            return fmt::format(". + {}", 2 * op.imm);
        case Word::end2:
            return fmt::format(". + {}", 2 * op.imm2);
        case Word::target:
            return fmt::format(". + {}", op.imm);
        default:
            return std::to_string(op.imm);
    }
}

/// The macro call that should give `word`.
std::string call(const isa::Instruction& row, u32 word) {
    const isa::Operands op = isa::operands_of(row, word);
    const bool imm2_signed = isa::encoding_of(row).field(isa::Field::immediate2).is_signed;
    std::string text(row.name);
    char separator = ' ';
    for (const isa::SyntaxPart& part : isa::parse_syntax(row.syntax)) {
        if (!part.word)
            continue;
        text += separator + argument(*part.word, op, imm2_signed);
        separator = ',';
    }
    return text + "\n";
}

bool has_macro(const isa::Instruction& row) {
    return row.canonical && row.extension >= isa::Extension::xpulpv2;
}

}  // namespace

TEST_CASE("the assembler macros give the words of the rows", "[isa][gas]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);
    std::string source = ".include \"flexv_isa.inc\"\n";
    std::vector<u32> expected;
    for (const isa::Instruction& row : isa::all_instructions()) {
        for (unsigned i = 0; i < 20 && has_macro(row); ++i) {
            expected.push_back(random_word(isa::encoding_of(row), random));
            source += call(row, expected.back());
        }
    }

    const auto bytes = assemble_with_gas(source, "rv32im");

    REQUIRE(bytes.has_value());
    REQUIRE(bytes->size() == 4 * expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        INFO(fmt::format("row of word {}: {:08x}", i, expected[i]));
        CHECK(fmt::format("{:08x}", word_at(*bytes, 4 * i, 4)) ==
              fmt::format("{:08x}", expected[i]));
    }
}

TEST_CASE("the assembler macros refuse operands that do not fit", "[isa][gas]") {
    const auto takes = [](const std::string& line) {
        return assemble_with_gas(".include \"flexv_isa.inc\"\n" + line + '\n', "rv32im")
            .has_value();
    };

    CHECK(takes("p.lw.post a0, 2047, a1"));
    CHECK_FALSE(takes("p.lw.post a0, 2048, a1"));
    CHECK_FALSE(takes("p.clip a0, a1, -1"));
    CHECK_FALSE(takes("lp.counti 2, 10"));
    CHECK_FALSE(takes("p.lw.post a0, 4, q1"));
    CHECK_FALSE(takes("pv.mlsdotsp.b a0, a1, 24"));
}

}  // namespace flexv::test
