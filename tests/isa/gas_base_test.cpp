// SPDX-License-Identifier: Apache-2.0
// What the disassembler prints for RV32IMC, Zicsr, Zifencei and machine mode goes through the real
// GNU assembler and comes back as the same word. The custom rows are in gas_macros_test.cpp.
#include "isa/csr.hpp"
#include "isa/gas.hpp"
#include "isa/random_word.hpp"
#include "isa/support.hpp"
#include "isa/tools/disassembler.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace flexv::test {
namespace {

constexpr unsigned kWordsOfRow = 100;

/// CSRs of Flex-V that the assembler does not know, as numbers.
std::string csr_symbols() {
    std::string text;
    for (unsigned number = 0; number < 4096; ++number)
        if (const std::string name = isa::csr_name(number); !name.starts_with("0x"))
            text += fmt::format(".equ {}, {:#x}\n", name, number);
    return text;
}

/// Targets are printed as addresses; the assembler wants distances, so the instruction stands at 0.
std::string source_line(const isa::Instruction& row, u32 word) {
    const isa::Operands op = isa::operands_of(row, word);
    std::string text = isa::format_instruction(row, op, 0);
    if (row.syntax.ends_with("target"))
        text = text.substr(0, text.rfind(' ')) + fmt::format(" . + {}", op.imm);
    return fmt::format(".option {}\n{}\n", op.size == 2 ? "rvc" : "norvc", text);
}

/// A word that the assembler can write: not another row's special case (c.addi16sp in c.lui), nor
/// c.jr zero, which is legal only in this hardware.
u32 writable_word(const isa::Instruction& row, std::mt19937& random) {
    for (;;) {
        const u32 word = random_word(isa::encoding_of(row), random);
        const bool is_own = Machine::decoder().find(word, Mode::legacy) == &row;
        if (is_own && (row.name != "c.jr" || isa::operands_of(row, word).rs1 != 0))
            return word;
    }
}

/// Fixed bits and fields; not the operands of fence, which the hardware ignores.
u32 significant_bits(const isa::Encoding& encoding) {
    u32 bits = encoding.mask;
    for (unsigned i = 0; i < encoding.slice_count; ++i)
        bits |= isa::ones(encoding.slices[i].width) << encoding.slices[i].word_lsb;
    return bits;
}

struct Expected {
    const isa::Instruction* row;
    u32 word;
};

}  // namespace

TEST_CASE("the GNU assembler makes the same words of what the disassembler prints", "[isa][gas]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);
    std::string source = csr_symbols();
    std::vector<Expected> expected;
    for (const isa::Instruction& row : isa::all_instructions())
        for (unsigned i = 0; i < kWordsOfRow && row.extension < isa::Extension::xpulpv2; ++i) {
            expected.push_back({&row, writable_word(row, random)});
            source += source_line(row, expected.back().word);
        }

    const auto bytes = assemble_with_gas(source, "rv32imc_zicsr_zifencei");

    REQUIRE(bytes.has_value());
    std::size_t offset = 0;
    for (const auto& [row, word] : expected) {
        const isa::Encoding& encoding = isa::encoding_of(*row);
        INFO(fmt::format("{} {:08x}: {}", row->name, word, source_line(*row, word)));
        const u32 actual = word_at(*bytes, offset, encoding.size) & significant_bits(encoding);
        REQUIRE(fmt::format("{:08x}", actual) == fmt::format("{:08x}", word));
        offset += encoding.size;
    }
    CHECK(offset == bytes->size());
}

}  // namespace flexv::test
