// SPDX-License-Identifier: Apache-2.0
// Blocks of plain instructions: where they end, what they know, and when they are forgotten.
#include "core/decode/decode_cache.hpp"
#include "support/core_bench.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace flexv;
using namespace flexv::core;

namespace {

/// Decoded slots: one instruction of 16 or 32 bits each, and the flags of those that have some.
struct Row {
    std::vector<Slot> slots;

    explicit Row(const std::vector<unsigned>& halfwords) {
        for (const unsigned step : halfwords) {
            Slot slot;
            slot.step = u8(step);
            slot.flags = 0;
            slots.push_back(slot);
            if (step == 2)
                slots.emplace_back().flags = kUndecoded;  // the second halfword
        }
        slots.emplace_back().flags = kSpecial;
    }
};

constexpr unsigned kHarts = 1;

BasicBlock block_at(Slot& first) { return {first, BasicBlock::kMaxLength, kHarts}; }

/// Halfwords from each instruction of a block to the next.
std::vector<unsigned> steps_of(const BasicBlock& block) {
    std::vector<unsigned> steps;
    for (const Slot* slot = &block.first(); slot != &block.end(); slot += slot->step)
        steps.push_back(slot->step);
    return steps;
}

}  // namespace

TEST_CASE("a block ends in front of the first flag", "[block]") {
    const std::vector<unsigned> halfwords = {2, 1, 1, 2, 2, 1};
    Row row(halfwords);

    const BasicBlock block = block_at(row.slots.front());

    CHECK(block.length() == 6);
    CHECK(steps_of(block) == halfwords);
    CHECK(block.end().flags == kSpecial);
    CHECK(&block.last() == &block.end() - 1);
}

TEST_CASE("a block ends behind its first branch, and knows where that leads in its page",
          "[block]") {
    Row row({1, 2, 2, 1});
    for (std::size_t index = 0; index < row.slots.size(); ++index)
        row.slots[index].pc = Address(0x100 + 2 * index);
    Slot& branch = row.slots[1];
    branch.flags = kBranch;
    const bool is_near = GENERATE(true, false);
    branch.op.imm = is_near ? 8 : 4096;

    const BasicBlock block = block_at(row.slots.front());

    CHECK(block.length() == 2);
    CHECK(&block.last() == &branch);
    CHECK(block.last_pc() == 0x102);
    CHECK(block.target() == (is_near ? &row.slots[5] : nullptr));
}

TEST_CASE("a first instruction may begin a line", "[block]") {
    Row row({1, 1});
    row.slots.front().flags = kLineStart;

    const BasicBlock block = block_at(row.slots.front());

    CHECK(block.begins_line());
    CHECK(block.length() == 2);
    CHECK(block.lines() == 0);
    CHECK(block.length_in_line() == 2);
}

TEST_CASE("a prefix of a block is made once", "[block]") {
    Row row({2, 1, 2, 1});
    BasicBlock block = block_at(row.slots.front());

    CHECK(steps_of(block.prefix(3)) == std::vector<unsigned>{2, 1, 2});
    CHECK(steps_of(block.prefix(1)) == std::vector<unsigned>{2});
    CHECK(&block.prefix(3) == &block.prefix(3));
}

TEST_CASE("a block knows how many cache lines it enters, and where the first one ends", "[block]") {
    Row row({1, 2, 1, 1, 2});
    row.slots[0].flags = kLineStart;
    row.slots[3].flags = kLineStart;  // the third instruction
    row.slots[5].flags = kLineStart;  // the fifth
    BasicBlock whole = block_at(row.slots.front());

    CHECK(whole.length() == 5);
    CHECK(whole.lines() == 2);
    CHECK(whole.length_in_line() == 2);
    CHECK(whole.prefix(4).lines() == 1);
    CHECK(whole.prefix(2).lines() == 0);
}

TEST_CASE("a block knows how far it goes before the stage asks for what is behind its lines",
          "[block]") {
    Row row(std::vector<unsigned>(8, 2));
    for (std::size_t index = 0; index < row.slots.size(); ++index)
        row.slots[index].pc = Address(0x100 + 2 * index);
    row.slots[8].flags = kLineStart;  // at 0x110
    const Lead empty = Lead::behind_redirect();
    Lead full = empty;
    full.idle(8);
    Slot& first = row.slots.front();

    // An empty stage asks for a word per cycle, a full one is four words ahead of the front.
    CHECK(BasicBlock(first, 3, kHarts).length_within(empty) == 3);
    CHECK(BasicBlock(first, 4, kHarts).length_within(empty) == 3);
    CHECK(BasicBlock(first, 4, kHarts).length_within(full) < 3);
    CHECK(BasicBlock(first, 7, kHarts).ends_within(empty));
    CHECK_FALSE(BasicBlock(first, 8, kHarts).ends_within(empty));
}

TEST_CASE("a long run of instructions is several blocks", "[block]") {
    Row row(std::vector<unsigned>(40, 1));

    CHECK(block_at(row.slots[0]).length() == BasicBlock::kMaxLength);
    CHECK(block_at(row.slots[BasicBlock::kMaxLength]).length() == 40 - BasicBlock::kMaxLength);
}

TEST_CASE("a block is open as long as its end is not decoded", "[block]") {
    Row row({1, 1, 1});
    row.slots[2].flags = kUndecoded;
    CHECK(block_at(row.slots.front()).is_open());

    row.slots[2].flags = 0;

    CHECK_FALSE(block_at(row.slots.front()).is_open());
    CHECK(block_at(row.slots.front()).length() == 3);
}

TEST_CASE("a loop that is set up later ends the block at its last instruction", "[block]") {
    test::CoreBench bench;
    bench.run({"addi t3, x0, 3", "jal x0, 4",
               // 8: three times straight through, from the branch below
               "addi t2, t2, 1", "addi t1, t1, 1", "addi t1, t1, 1", "addi t2, t2, 1",
               "addi t3, t3, -1", "bne t3, x0, -20", "bne t6, x0, 40",
               // 36: the same once more, the two in its middle as a loop of three turns
               "addi t6, x0, 1", "addi t3, x0, 1", "auipc t4, 0", "addi t5, t4, -32",
               "csrrw x0, 0x7c0, t5", "addi t5, t4, -28", "csrrw x0, 0x7c1, t5",
               "csrrwi x0, 0x7c2, 3", "jal x0, -60"});

    CHECK(bench.x(6) == 3 * 2 + 3 * 2);
    CHECK(bench.x(7) == 4 * 2);
}

TEST_CASE("a block is translated when it has been executed often", "[block][translation]") {
    if (!can_translate())
        return;
    test::CoreBench bench;
    bench.put(test::CoreBench::kEntry, {"addi t0, t0, 1", "addi t0, t0, 2", "jal x0, -8"});
    for (Address pc = test::CoreBench::kEntry; pc != test::CoreBench::kEntry + 12; pc += 4)
        REQUIRE(bench.code.decode(*bench.code.slot(pc, isa::Mode::legacy), pc, isa::Mode::legacy));
    translation::Translator translator({.mode = Translate::on, .hot_after = 3});
    BasicBlock block(*bench.code.slot(test::CoreBench::kEntry, isa::Mode::legacy),
                     BasicBlock::kMaxLength, kHarts, &translator);
    isa::Hart hart;

    block.execute(hart);
    block.execute(hart);
    CHECK_FALSE(block.is_translated());
    CHECK(hart.x[5] == 6);

    block.execute(hart);
    block.execute(hart);
    CHECK(block.is_translated());
    CHECK(hart.x[5] == 12);
}

TEST_CASE("a trap inside a block leaves what was before it executed", "[block]") {
    test::CoreBench bench;
    // No handler: the fault tells where. The format is none, so the Mac&Load at 16 is illegal.
    bench.put(test::CoreBench::kEntry,
              {"csrrwi x0, simd_legacy, 0", "csrrwi x0, simd_format, 15", "addi t0, x0, 1",
               "addi t1, x0, 2", "pv.mlsdotup.v t2, x0, 0", "addi t0, x0, 7", "jal x0, 0"});
    bench.core.start(test::CoreBench::kEntry, 0);

    try {
        bench.clock.timeline.run_until(100);
        FAIL("no fault");
    } catch (const Fault& fault) {
        CHECK(fault.pc() == test::CoreBench::kEntry + 16);
    }
    CHECK(bench.x(5) == 1);
    CHECK(bench.x(6) == 2);
    CHECK(bench.core.instructions() == 4);
}
