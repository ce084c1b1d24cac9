// SPDX-License-Identifier: Apache-2.0
// Rows that only compute: what follows from their function and their bits.
#include "isa/rows/compute.hpp"
#include "isa/chain.hpp"

#include <catch2/catch.hpp>

namespace flexv::isa {
namespace {

constexpr auto kDigits = [](u32 a, u32 b) { return 10 * a + b; };
constexpr auto kThreeDigits = [](u32 a, u32 b, u32 c) { return 100 * a + 10 * b + c; };

constexpr std::string_view kTwoRegisters = "0000000 rs2 rs1 000 rd 0110011";
constexpr std::string_view kImmediate = "imm[11:0] rs1 000 rd 0010011";
constexpr std::string_view kTwoImmediates = "11 uimm2[4:0] uimm[4:0] rs1 000 rd 0110011";
constexpr std::string_view kRegistersAndImmediate = "00 uimm2[4:0] rs2 rs1 010 rd 1011011";

/// What lands in x3 when the row names x3, x4, x5, and 7 and 8 for its immediates.
u32 result(const Instruction& row) {
    Hart hart;
    hart.x[3] = 3;
    hart.x[4] = 4;
    hart.x[5] = 5;
    row.execute(hart, {.imm = 7, .imm2 = 8, .rd = 3, .rs1 = 4, .rs2 = 5});
    return hart.x[3];
}

/// Executes the instruction at 0x100.
Hart hart_at_100() {
    Hart hart;
    hart.pc = 0x100;
    hart.next_pc = 0x104;
    return hart;
}

}  // namespace

TEST_CASE("a computation is of the fields that its bits name", "[isa][compute]") {
    CHECK(result(compute("two", kTwoRegisters, "", kDigits)) == 45);
    CHECK(result(compute("two", kImmediate, "", kDigits)) == 47);
    CHECK(result(compute("three", kTwoImmediates, "", kThreeDigits)) == 478);
    CHECK(result(compute("three", kRegistersAndImmediate, "", kThreeDigits)) == 458);
    CHECK(result(compute("one", "0001000 (00000) rs1 000 rd 0110011", "",
                         [](u32 a) { return a; })) == 4);
    CHECK(result(compute("one", "imm[31:12] rd 0110111", "", [](u32 a) { return a; })) == 7);
}

TEST_CASE("a function of one value more takes the old rd", "[isa][compute]") {
    const Instruction accumulates = compute("three", kTwoRegisters, "", kThreeDigits);

    CHECK(result(accumulates) == 345);
    CHECK(accumulates.reads_rd);
    CHECK_FALSE(compute("two", kTwoRegisters, "", kDigits).reads_rd);
}

TEST_CASE("a function of other values than the bits name is a mistake", "[isa][compute]") {
    CHECK_THROWS_AS(compute("one", kTwoRegisters, "", [](u32 a) { return a; }), std::logic_error);
}

TEST_CASE("a function that asks for it gets the SIMD format", "[isa][compute]") {
    const auto in_format = [](Format format, u32 a, u32 b) { return 100 * u32(format) + a + b; };
    const Instruction row = compute("two", kTwoRegisters, "", in_format);
    Hart hart;
    hart.simd_format = u32(Format::c);

    row.execute(hart, {.rd = 3, .rs1 = 4, .rs2 = 5});

    CHECK(hart.x[3] == 100 * u32(Format::c));
    CHECK_FALSE(row.reads_rd);
}

TEST_CASE("operands are written as the bits have them", "[isa][compute]") {
    CHECK(compute("two", kTwoRegisters, "", kDigits).syntax == "rd, rs1, rs2");
    CHECK(compute("two", kImmediate, "", kDigits).syntax == "rd, rs1, imm");
    CHECK(compute("three", kRegistersAndImmediate, "", kThreeDigits).syntax ==
          "rd, rs1, rs2, imm2");
    CHECK(compute("two", "0000010 rs2(0) rs1 000 rd 0110011", "", kDigits).syntax == "rd, rs1");
}

TEST_CASE("an operation says what it computes beside computing it", "[isa][compute]") {
    constexpr auto kAnd = operation<"rs1 & rs2">([](u32 a, u32 b) { return a & b; });

    CHECK(compute("and", kTwoRegisters, kAnd).semantics == "rd = rs1 & rs2");
    CHECK(result(compute("and", kTwoRegisters, kAnd)) == (4 & 5));
}

TEST_CASE("a multiplication is counted and costs one", "[isa][compute]") {
    const Instruction row = compute<2>("two", kTwoRegisters, "", kDigits);
    Hart hart;

    row.execute(hart, {.rd = 3, .rs1 = 4, .rs2 = 5});

    CHECK(hart.macs == 2);
    CHECK(row.energy == Energy::multiply);
    CHECK(compute("two", kTwoRegisters, "", kDigits).energy == Energy::alu);
}

TEST_CASE("a branch jumps when its condition holds", "[isa][compute]") {
    constexpr auto kBelow = operation<"rs1 <u rs2">([](u32 a, u32 b) { return a < b; });
    const Instruction row = branch("below", "imm[12|10:5] rs2 rs1 110 imm[4:1|11] 1100011", kBelow);
    Hart hart = hart_at_100();
    hart.x[1] = 1;
    hart.x[2] = 2;

    row.execute(hart, {.imm = -16, .rs1 = 2, .rs2 = 1});
    CHECK(hart.next_pc == 0x104);
    row.execute(hart, {.imm = -16, .rs1 = 1, .rs2 = 2});
    CHECK(hart.next_pc == 0xf0);

    CHECK(row.semantics == "if (rs1 <u rs2) pc = pc+imm");
    CHECK(row.timing == Timing::branch);
}

TEST_CASE("a function of words is written down, one of numbers is not", "[isa][compute]") {
    const auto of_words = [](Word auto a, Word auto b) { return a + b; };
    CHECK(compute("two", kTwoRegisters, "", of_words).record != nullptr);
    CHECK(compute("two", kTwoRegisters, "", kDigits).record == nullptr);

    constexpr std::string_view kBranch = "imm[12|10:5] rs2 rs1 110 imm[4:1|11] 1100011";
    constexpr auto kBelow = operation<"<">([](Word auto a, Word auto b) { return a < b; });
    constexpr auto kBelowOfNumbers = operation<"<">([](u32 a, u32 b) { return a < b; });
    CHECK(branch("below", kBranch, kBelow).record != nullptr);
    CHECK(branch("below", kBranch, kBelowOfNumbers).record == nullptr);
}

TEST_CASE("a branch on a constant has the second immediate for rs2", "[isa][compute]") {
    constexpr auto kEqual = operation<"rs1 == imm2">([](u32 a, u32 b) { return a == b; });
    const Instruction row =
        branch("equal", "imm[12|10:5] imm2[4:0] rs1 010 imm[4:1|11] 1100011", kEqual);
    Hart hart = hart_at_100();
    hart.x[1] = 9;

    row.execute(hart, {.imm = 8, .imm2 = 9, .rs1 = 1});

    CHECK(hart.next_pc == 0x108);
    CHECK(row.syntax == "rs1, imm2, target");
}

}  // namespace flexv::isa
