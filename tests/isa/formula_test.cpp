// SPDX-License-Identifier: Apache-2.0
// Formulas: what a row writes down is what it executes.
#include "isa/formula.hpp"
#include "isa/random_word.hpp"
#include "isa/support.hpp"
#include "isa/symbol.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

using namespace flexv;
using namespace flexv::test;
using isa::Formula;
using isa::Instruction;
using isa::Op;

namespace {

/// The result of a formula with these registers.
u32 value_of(const Formula& formula, const Hart& hart) {
    std::vector<u32> values;
    for (const Formula::Node& node : formula.nodes()) {
        if (node.op == Op::constant)
            values.push_back(node.value);
        else if (node.op == Op::x)
            values.push_back(hart.x[node.value]);
        else
            values.push_back(
                isa::evaluate(node.op, values[node.a], values[node.b], values[node.c]));
    }
    return values.at(formula.result());
}

void apply(const Formula& formula, const isa::Operands& op, Hart& hart) {
    const u32 value = value_of(formula, hart);
    if (formula.is_branch())
        hart.next_pc = value != 0 ? hart.pc + u32(op.imm) : hart.next_pc;
    else
        hart.x[formula.rd()] = value;
    hart.x[0] = 0;
    hart.macs += formula.macs();
}

/// Anything, but corners more often than chance would have it.
u32 some_word(std::mt19937& random) {
    constexpr std::array<u32, 8> kCorners = {0, 1, 31, 32, 0x7fff'ffff, 0x8000'0000, ~0U, 0xffff};
    return random() % 2 == 0 ? u32(random()) : kCorners[random() % kCorners.size()];
}

bool are_equal(const Hart& a, const Hart& b) {
    return a.x == b.x && a.next_pc == b.next_pc && a.macs == b.macs;
}

Formula recorded(std::string_view line, const Formula::Known& known = {0U}) {
    const u32 word = isa::assemble(line);
    const Instruction* row = Machine::decoder().find(word, Mode::legacy);
    Formula formula(known);
    row->record(formula, isa::operands_of(*row, word));
    return formula;
}

}  // namespace

TEST_CASE("a formula computes what its row executes", "[isa][formula]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);
    for (const Instruction& row : isa::all_instructions()) {
        if (row.record == nullptr)
            continue;
        INFO(row.name);
        for (unsigned repeat = 0; repeat < 200; ++repeat) {
            const u32 word = random_word(isa::encoding_of(row), random);
            const isa::Operands op = isa::operands_of(row, word);
            Machine executed;
            Machine written;
            for (unsigned x = 1; x < 32; ++x)
                executed.hart.x[x] = written.hart.x[x] = some_word(random);
            Formula formula;

            row.execute(executed.hart, op);
            executed.hart.x[0] = 0;
            row.record(formula, op);
            apply(formula, op, written.hart);

            INFO(std::hex << word);
            REQUIRE(are_equal(executed.hart, written.hart));
        }
    }
}

TEST_CASE("all that only computes in the base instructions has a formula", "[isa][formula]") {
    for (const Instruction& row : isa::all_instructions()) {
        using isa::Extension;
        const bool is_base = row.extension == Extension::rv32i || row.extension == Extension::m ||
                             row.extension == Extension::c;
        const bool moves = row.access.mode != isa::AddressMode::none;
        if (!is_base || row.chain == nullptr || moves)
            continue;
        INFO(row.name);
        CHECK(row.record != nullptr);
    }
}

TEST_CASE("known registers and constants are folded", "[isa][formula]") {
    Formula::Known known = {0U};
    known[11] = 30;

    const Formula formula = recorded("addi a0, a1, 12", known);

    CHECK(formula[formula.result()].op == Op::constant);
    CHECK(formula[formula.result()].value == 42);
}

TEST_CASE("x0 is 0 in a formula", "[isa][formula]") {
    const Formula formula = recorded("sub a0, a1, x0");

    CHECK(formula[formula.result()].op == Op::x);
    CHECK(formula[formula.result()].value == 11);
}

TEST_CASE("a shift takes its amount as it is, because it looks at five bits", "[isa][formula]") {
    const Formula formula = recorded("sll a0, a1, a2");

    const Formula::Node& shift = formula[formula.result()];
    CHECK(shift.op == Op::shift_left);
    CHECK(formula[shift.b].op == Op::x);
}

TEST_CASE("equal nodes are one", "[isa][formula]") {
    Formula formula;
    const isa::Symbol a{&formula, formula.x(10)};
    const isa::Symbol b{&formula, formula.x(11)};

    CHECK((a + b).index == (a + b).index);
    CHECK((a + b).index != (a - b).index);
}

TEST_CASE("an opposite relation holds when the relation does not", "[isa][formula]") {
    for (const Op op : {Op::equal, Op::less, Op::less_unsigned})
        for (const u32 a : {0U, 1U, ~0U})
            for (const u32 b : {0U, 1U, ~0U})
                CHECK(isa::evaluate(op, a, b, 0) != isa::evaluate(isa::opposite(op), a, b, 0));
}
