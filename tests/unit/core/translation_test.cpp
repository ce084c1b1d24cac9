// SPDX-License-Identifier: Apache-2.0
// Translation: host code does what the rows do, alone and in blocks of any instructions.
#include "core/translation/translator.hpp"
#include "isa/random_word.hpp"
#include "isa/support.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

using namespace flexv;
using namespace flexv::test;
using Catch::Matchers::Contains;
using core::translation::Instructions;
using core::translation::Translator;
using isa::Instruction;
using isa::Step;

namespace {

/// A block of instructions, to be interpreted or translated.
struct Block {
    std::vector<Step> steps;
    std::vector<const Instruction*> rows;

    void append(const Instruction& row, u32 word) {
        steps.push_back({.chain = row.chain, .op = isa::operands_of(row, word)});
        rows.push_back(&row);
    }
    void append(std::string_view line) {
        const u32 word = isa::assemble(line);
        append(*Machine::decoder().find(word, Mode::legacy), word);
    }
    void end() { steps.push_back({.chain = isa::end_chain, .op = {}}); }
    [[nodiscard]] Instructions instructions() {
        return {.steps = steps, .rows = rows, .pc = 0x1c00'8000};
    }
    void run(Hart& hart) const { steps.front().chain(hart, steps.data()); }
};

Block block_of(const std::vector<std::string>& lines) {
    Block block;
    for (const std::string& line : lines)
        block.append(line);
    block.end();
    return block;
}

/// Registers with anything in them, corners more often than chance would have it.
void scramble(Hart& hart, std::mt19937& random) {
    constexpr std::array<u32, 8> kCorners = {0, 1, 31, 32, 0x7fff'ffff, 0x8000'0000, ~0U, 0xffff};
    for (u32& x : hart.x)
        x = random() % 2 == 0 ? u32(random()) : kCorners[random() % kCorners.size()];
    hart.x[0] = 0;
    hart.next_pc = 1;
    hart.simd_format = u32(1 + random() % 4);
}

/// A register that differs, or what else does; empty when all is equal.
std::string difference(const Hart& a, const Hart& b) {
    for (unsigned x = 0; x < a.x.size(); ++x)
        if (a.x[x] != b.x[x])
            return "x" + std::to_string(x);
    const bool are_equal = a.pc == b.pc && a.next_pc == b.next_pc && a.macs == b.macs &&
                           a.mixed_count == b.mixed_count && a.mixed_slice == b.mixed_slice &&
                           a.mixed_dot_products == b.mixed_dot_products;
    return are_equal ? "" : "pc, next_pc or a count";
}

/// The block leaves the same behind in both ways, whatever the hart holds.
void check(Block block, std::mt19937& random, unsigned repeats) {
    Translator translator({.mode = Translate::on, .hot_after = 1});
    Block translated = block;
    const auto translation = translator.translate(translated.instructions());
    for (unsigned repeat = 0; repeat < repeats; ++repeat) {
        Machine expected;
        scramble(expected.hart, random);
        Machine found;
        found.hart = expected.hart;

        block.run(expected.hart);
        translated.run(found.hart);

        REQUIRE(difference(found.hart, expected.hart) == "");
    }
}

/// Rows that a block can hold; a Mac&Load might load.
std::vector<const Instruction*> rows_of_blocks(bool with_branches) {
    std::vector<const Instruction*> rows;
    for (const Instruction& row : isa::all_instructions())
        if (row.chain != nullptr && row.access.mode == isa::AddressMode::none &&
            (with_branches || row.timing != isa::Timing::branch))
            rows.push_back(&row);
    return rows;
}

/// Few registers meet each other more often.
u32 word_of(const Instruction& row, std::mt19937& random, u32 most_registers) {
    for (;;) {
        const u32 word = random_word(isa::encoding_of(row), random);
        const isa::Operands op = isa::operands_of(row, word);
        if ((op.rd | op.rs1 | op.rs2) < most_registers || row.extension == isa::Extension::c)
            return word;
    }
}

}  // namespace

TEST_CASE("host code of a row does what the row does", "[translation]") {
    if (!can_translate())
        return;
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);
    for (const Instruction* row : rows_of_blocks(true)) {
        INFO(row->name);
        for (unsigned repeat = 0; repeat < 20; ++repeat) {
            Block block;
            block.append(*row, word_of(*row, random, repeat % 2 == 0 ? 4 : 32));
            block.end();
            INFO(std::hex << block.steps.front().op.word);
            check(block, random, 10);
        }
    }
}

TEST_CASE("host code of any block does what its rows do", "[translation]") {
    if (!can_translate())
        return;
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);
    const auto rows = rows_of_blocks(false);
    const auto last_rows = rows_of_blocks(true);
    for (unsigned repeat = 0; repeat < 400; ++repeat) {
        Block block;
        std::string names;
        const u32 registers = repeat % 3 == 0 ? 32 : 8;
        const auto append = [&](const Instruction& row) {
            block.append(row, word_of(row, random, registers));
            names += std::string(row.name) + " ";
        };
        for (std::size_t length = random() % 31; length > 0; --length)
            append(*rows[random() % rows.size()]);
        append(*last_rows[random() % last_rows.size()]);
        block.end();
        INFO(names);
        check(block, random, 10);
    }
}

TEST_CASE("the first step of a run executes all of it", "[translation]") {
    if (!can_translate())
        return;
    Translator translator({.mode = Translate::on});
    Block block = block_of({"addi a0, a0, 1", "addi a1, a0, 1", "add a2, a0, a1"});
    const isa::Chain second = block.steps[1].chain;

    const auto translation = translator.translate(block.instructions());

    CHECK(translation != nullptr);
    CHECK(block.steps[1].chain == second);
    Machine machine;
    block.run(machine.hart);
    CHECK(machine.x(a2) == 3);
}

TEST_CASE("a row without a formula stays what it is, between two runs", "[translation]") {
    if (!can_translate())
        return;
    Translator translator({.mode = Translate::on});
    Block block = block_of({"addi a0, x0, 6", "p.bitrev a1, a0, 0, 0", "addi a2, a1, 1"});
    REQUIRE(block.rows[1]->record == nullptr);
    const isa::Chain second = block.steps[1].chain;

    const auto translation = translator.translate(block.instructions());

    CHECK(block.steps[1].chain == second);
    Machine machine;
    block.run(machine.hart);
    CHECK(machine.x(a1) == 0x6000'0000);
    CHECK(machine.x(a2) == 0x6000'0001);
}

TEST_CASE("a trap behind host code unwinds, and names the operands of its row", "[translation]") {
    if (!can_translate())
        return;
    Translator translator({.mode = Translate::on});
    Block block;
    block.append("addi a0, a0, 1");
    const u32 mac_load = isa::assemble("pv.mlsdotup.v a1, x0, 0");
    block.append(*Machine::decoder().find(mac_load, Mode::status), mac_load);
    block.append("addi a0, a0, 1");
    block.end();
    const auto translation = translator.translate(block.instructions());
    Machine machine;
    machine.hart.simd_format = 15;  // no format

    try {
        block.run(machine.hart);
        FAIL("no trap");
    } catch (const isa::Trap& trap) {
        CHECK(trap.operands == &block.steps[1].op);
    }
    CHECK(machine.x(a0) == 1);
}

TEST_CASE("a block without a run is not translated", "[translation]") {
    if (!can_translate())
        return;
    Translator translator({.mode = Translate::on});
    Block block = block_of({"p.bitrev a1, a0, 0, 0"});

    CHECK(translator.translate(block.instructions()) == nullptr);
}

TEST_CASE("a translator that is off does nothing", "[translation]") {
    Translator translator({.mode = Translate::off});
    Block block = block_of({"addi a0, a0, 1"});

    CHECK(translator.translate(block.instructions()) == nullptr);
}

TEST_CASE("a translation goes and others stay", "[translation]") {
    if (!can_translate())
        return;
    Translator translator({.mode = Translate::on});
    Block first = block_of({"addi a0, a0, 1"});
    Block second = block_of({"addi a0, a0, 2"});
    auto going = translator.translate(first.instructions());
    const auto staying = translator.translate(second.instructions());

    going.reset();

    Machine machine;
    second.run(machine.hart);
    CHECK(machine.x(a0) == 2);
}

TEST_CASE("a check passes where both agree", "[translation]") {
    if (!can_translate())
        return;
    Translator translator({.mode = Translate::check});
    Block block = block_of({"addi a0, a0, 1", "p.bitrev a1, a0, 0, 0", "mul a0, a0, a0",
                            "addi a0, a0, 5", "bne a0, x0, -8"});
    const auto translation = translator.translate(block.instructions());
    Machine machine;

    block.run(machine.hart);

    CHECK(machine.x(a0) == 6);
    CHECK(machine.hart.macs == 1);
    CHECK(machine.hart.next_pc == machine.hart.pc - 8);
}

TEST_CASE("a check names the block, its rows and what differs", "[translation]") {
    if (!can_translate())
        return;
    Translator translator({.mode = Translate::check});
    Block block = block_of({"addi a1, a0, 3", "addi a0, a0, 1"});
    block.steps[1].chain = block_of({"andi a0, a0, 1"}).steps[0].chain;  // a row that is wrong
    const auto translation = translator.translate(block.instructions());
    Machine machine;

    CHECK_THROWS_WITH(block.run(machine.hart),
                      Contains("x10 is 0x1 behind the instructions at 0x1c008000, 0x0 when they "
                               "are interpreted: addi (00350593), addi (00150513)"));
}
