// SPDX-License-Identifier: Apache-2.0
// Stretches of plain instructions: where they end, what is noted, and when it is forgotten.
#include "core/decode_cache.hpp"
#include "support/core_bench.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace flexv;
using namespace flexv::core;

namespace {

/// Decoded slots: one instruction each of 16 or 32 bits, and the flags of those that have some.
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

/// Halfwords from each instruction of a stretch to the next.
std::vector<unsigned> steps_of(Stretch stretch) {
    std::vector<unsigned> steps;
    for (u64 way = stretch.way() >> isa::kChainShift; way != 1; way >>= 1)
        steps.push_back(1 + unsigned(way & 1));
    return steps;
}

}  // namespace

TEST_CASE("a stretch ends in front of the first flag and knows its steps", "[stretch]") {
    const std::vector<unsigned> halfwords = {2, 1, 1, 2, 2, 1};
    Row row(halfwords);

    const Stretch stretch = Stretch::at(row.slots.front());

    CHECK(stretch.length() == 6);
    CHECK(steps_of(stretch) == halfwords);
    CHECK(steps_of(Stretch::at(row.slots.front())) == halfwords);  // from what was noted
}

TEST_CASE("the first instruction counts whatever flag it has", "[stretch]") {
    Row row({1, 1});
    row.slots.front().flags = kLineStart;

    CHECK(Stretch::at(row.slots.front()).length() == 2);
}

TEST_CASE("a stretch cut short keeps the steps of what is left of it", "[stretch]") {
    Row row({2, 1, 2, 1});

    Slot& first = row.slots.front();
    CHECK(steps_of(Stretch::at(first).cut(first, 3)) == std::vector<unsigned>{2, 1, 2});
    CHECK(steps_of(Stretch::at(first).cut(first, 1)) == std::vector<unsigned>{2});
}

TEST_CASE("a stretch knows how many cache lines it enters, and where the first one ends",
          "[stretch]") {
    Row row({1, 2, 1, 1, 2});
    row.slots[0].flags = kLineStart;
    row.slots[3].flags = kLineStart;  // the third instruction
    row.slots[5].flags = kLineStart;  // the fifth
    Slot& first = row.slots.front();

    const Stretch whole = Stretch::at(first);

    CHECK(whole.length() == 5);
    CHECK(whole.lines() == 2);
    CHECK(whole.cut(first, 4).lines() == 1);
    CHECK(whole.cut_at_line(first).length() == 2);
    CHECK(whole.cut_at_line(first).lines() == 0);
}

TEST_CASE("a long run of instructions is several stretches", "[stretch]") {
    Row row(std::vector<unsigned>(40, 1));

    CHECK(Stretch::at(row.slots[0]).length() == Stretch::kMaxLength);
    CHECK(Stretch::at(row.slots[Stretch::kMaxLength]).length() == 40 - Stretch::kMaxLength);
}

TEST_CASE("a stretch grows as long as its end is not decoded", "[stretch]") {
    Row row({1, 1, 1});
    row.slots[2].flags = kUndecoded;
    CHECK(Stretch::at(row.slots.front()).length() == 2);

    row.slots[2].flags = 0;

    CHECK(Stretch::at(row.slots.front()).length() == 3);
}

TEST_CASE("a loop that is set up later ends the stretch at its last instruction", "[stretch]") {
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

TEST_CASE("a trap inside a stretch leaves what was before it executed", "[stretch]") {
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
