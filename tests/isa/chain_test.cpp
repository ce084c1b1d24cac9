// SPDX-License-Identifier: Apache-2.0
// Chains: every row that only computes, compiled to go on by itself, does what it does alone.
#include "isa/chain.hpp"
#include "isa/random_word.hpp"
#include "isa/support.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

using namespace flexv;
using namespace flexv::test;
using isa::Instruction;
using isa::Step;

namespace {

/// Some instructions behind each other.
struct Code {
    std::vector<Step> steps;

    void append(u32 word, Mode mode) {
        const Instruction* row = Machine::decoder().find(word, mode);
        REQUIRE(row != nullptr);
        steps.push_back({.chain = row->chain, .op = isa::operands_of(*row, word)});
    }
    void run(Hart& hart) {
        steps.push_back({.chain = isa::end_chain, .op = {}});
        steps.front().chain(hart, steps.data());
    }
};

/// Registers with anything in them, in the mode and some format that the row needs.
void scramble(Hart& hart, Mode mode, std::mt19937& random) {
    const auto any = [&random] { return u32(random()); };
    for (u32& x : hart.x)
        x = any();
    hart.x[0] = 0;
    for (u32& word : hart.nn_weights)
        word = any();
    for (u32& word : hart.nn_activations)
        word = any();
    hart.activations = {any(), any(), any(), any() % 4, 0};
    hart.weights = {any(), any(), any(), any() % 4, 0};
    hart.simd_legacy = mode != Mode::status;
    hart.simd_format = 1 + any() % 10;
    hart.mixed_slice = any() % 2;
    hart.mixed_skip = any() % 4;
}

bool are_equal(const isa::AddressStream& a, const isa::AddressStream& b) {
    return a.address == b.address && a.count == b.count;
}

bool are_equal(const Hart& a, const Hart& b) {
    return a.x == b.x && a.nn_weights == b.nn_weights && a.nn_activations == b.nn_activations &&
           are_equal(a.activations, b.activations) && are_equal(a.weights, b.weights) &&
           a.mixed_slice == b.mixed_slice && a.mixed_count == b.mixed_count && a.macs == b.macs &&
           a.mixed_dot_products == b.mixed_dot_products;
}

}  // namespace

TEST_CASE("what only computes, moves a word or branches has a chain, and nothing else",
          "[isa][chain]") {
    using enum isa::Timing;
    for (const Instruction& row : isa::all_instructions()) {
        INFO(row.name);
        const bool computes = row.timing == single || row.timing == mac_load;
        const bool moves = row.timing == load || row.timing == store;
        const bool has_chain = row.timing == branch || moves || (computes && row.name != "auipc");
        CHECK((row.chain != nullptr) == has_chain);
    }
}

TEST_CASE("a row in a chain does what it does alone, and so does the one behind it",
          "[isa][chain]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);
    const u32 follower = isa::assemble("addi a0, a1, 17");

    for (const Instruction& row : isa::all_instructions()) {
        if (row.chain == nullptr)
            continue;
        INFO(row.name);
        const Mode mode = row.mode == Mode::any ? Mode::legacy : row.mode;
        for (unsigned repeat = 0; repeat < 30; ++repeat) {
            const u32 word = random_word(isa::encoding_of(row), random);
            if (Machine::decoder().find(word, mode) != &row)
                continue;
            Machine alone;
            scramble(alone.hart, mode, random);
            Machine chained;
            chained.hart = alone.hart;
            chained.hart.bus = &chained.memory;
            chained.hart.csrs = &chained.csrs;
            Code code;
            code.append(word, mode);
            code.append(follower, mode);

            alone.run(word);
            alone.run(follower);
            code.run(chained.hart);

            INFO(std::hex << word);
            REQUIRE(are_equal(alone.hart, chained.hart));
        }
    }
}

TEST_CASE("a chain is as long as its steps", "[isa][chain]") {
    Machine machine;
    Code code;
    const unsigned length = GENERATE(1U, 2U, 3U, 4U);
    for (unsigned i = 0; i < length; ++i)
        code.append(isa::assemble("addi a0, a0, 1"), Mode::legacy);

    code.run(machine.hart);

    CHECK(machine.x(a0) == length);
}

TEST_CASE("a branch at the end of a chain says where it goes", "[isa][chain]") {
    Machine machine;
    machine.hart.pc = 0x1c00'8100;
    machine.hart.next_pc = 1;
    Code code;
    code.append(isa::assemble("addi a0, a0, 1"), Mode::legacy);
    const bool is_taken = GENERATE(true, false);
    code.append(isa::assemble(is_taken ? "bne a0, x0, 64" : "beq a0, x0, 64"), Mode::legacy);

    code.run(machine.hart);

    CHECK(machine.hart.next_pc == (is_taken ? 0x1c00'8140 : 1));
}

TEST_CASE("a trap in a chain names the operands of the row that raised it", "[isa][chain]") {
    Machine machine;
    machine.hart.simd_legacy = false;
    machine.hart.simd_format = 15;  // no format
    Code code;
    code.append(isa::assemble("addi a0, a0, 1"), Mode::status);
    code.append(isa::assemble("pv.mlsdotup.v a1, x0, 0"), Mode::status);
    code.append(isa::assemble("addi a0, a0, 1"), Mode::status);

    try {
        code.run(machine.hart);
        FAIL("no trap");
    } catch (const isa::Trap& trap) {
        CHECK(trap.operands == &code.steps[1].op);
    }
    CHECK(machine.x(a0) == 1);
}
