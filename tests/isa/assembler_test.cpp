// SPDX-License-Identifier: Apache-2.0
// Disassembler and assembler: fixed texts, and the round trip over all rows with random operands.
#include "isa/tools/assembler.hpp"
#include "isa/random_word.hpp"
#include "isa/support.hpp"
#include "isa/tools/disassembler.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

namespace flexv::test {
namespace {

std::string text_of(u32 word, u32 pc = 0, Mode mode = Mode::legacy) {
    return isa::disassemble(word, pc, Machine::decoder(), mode);
}

}  // namespace

TEST_CASE("instructions are printed in the syntax of their manuals", "[isa][disassembler]") {
    // Encodings: docs/spec/isa.csv.
    CHECK(text_of(0x0045258b) == "p.lw a1, 4(a0!)");
    CHECK(text_of(0x20c5f50b | 0x7000) == "p.lw a0, a2(a1!)");
    CHECK(text_of(0x00a5a22b) == "p.sw a0, 4(a1!)");
    CHECK(text_of(0xfff50513) == "addi a0, a0, -1");
    CHECK(text_of(0x123452b7) == "lui t0, 0x12345");
    CHECK(text_of(0x00c000ef, 0x1c008000) == "jal ra, 0x1c00800c");
    CHECK(text_of(0xfe051ee3, 0x1c008004) == "bne a0, zero, 0x1c008000");
    CHECK(text_of(0x30047073) == "csrrci zero, mstatus, 8");
    CHECK(text_of(0x7830a073) == "csrrs zero, pccr3, ra");
    CHECK(text_of(0x3ff01573) == "csrrw a0, 0x3ff, zero");
    CHECK(text_of(0x00c5407b, 0x100) == "lp.setup x0, a0, 0x118");
    CHECK(text_of(0xd6450633) == "p.extract a2, a0, 11, 4");
    CHECK(text_of(0x4505) == "c.li a0, 1");
    CHECK(text_of(0x0048) == "c.addi4spn a0, sp, 4");
    CHECK(text_of(0x7139) == "c.addi16sp sp, -64");
    CHECK(text_of(0xb8b51657) == "pv.sdotsp.b a2, a0, a1");
    CHECK(text_of(0xb8b51657, 0, Mode::status) == "pv.sdotsp.v a2, a0, a1");
    CHECK(text_of(0xf9051677) == "pv.mlsdotsp.b a2, a0, 16");
    CHECK(text_of(0xffffffff) == ".word 0xffffffff");
    CHECK(text_of(0x0000) == ".half 0x0000");
}

TEST_CASE("what the disassembler prints assembles to the same word", "[isa][assembler]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);

    for (const isa::Instruction& row : isa::all_instructions()) {
        const Mode mode = row.mode == Mode::status ? Mode::status : Mode::legacy;
        for (unsigned i = 0; i < 20; ++i) {
            const u32 pc = u32(random()) & ~u32{1};
            const u32 word = random_word(isa::encoding_of(row), random);
            const std::string text = text_of(word, pc, mode);
            INFO(fmt::format("{} {:08x} {}", row.name, word, text));
            CHECK(isa::assemble(text, pc) == word);
        }
    }
}

TEST_CASE("the assembler says what is wrong with a line", "[isa][assembler]") {
    using Catch::Matchers::Contains;

    CHECK_THROWS_WITH(isa::assemble("p.frobnicate a0"), Contains("no instruction is called"));
    CHECK_THROWS_WITH(isa::assemble("addi a0, a1, 5000"), Contains("out of range: 5000"));
    CHECK_THROWS_WITH(isa::assemble("addi a0, a1"), Contains("rd, rs1, imm"));
    CHECK_THROWS_WITH(isa::assemble("add a0, a1, q2"), Contains("'q2' is not a register"));
    CHECK_THROWS_WITH(isa::assemble("addi a0, a1, 4x"), Contains("'4x' is not a number"));
    CHECK_THROWS_WITH(isa::assemble("c.li x0, 1"), Contains("does not allow"));
    CHECK_THROWS_WITH(isa::assemble("pv.mlsdotsp.b a0, a1, 24"), Contains("does not allow"));
    CHECK_THROWS_WITH(isa::assemble("c.lw t0, 0(a0)"), Contains("out of range"));
}

}  // namespace flexv::test
