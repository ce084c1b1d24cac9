// SPDX-License-Identifier: Apache-2.0
// Which bits of results are undefined, instruction by instruction; expected masks follow from what
// the instructions compute.
#include "platform/checks/undefined_values.hpp"

#include "isa/decoder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

using namespace flexv;
using namespace flexv::platform;

namespace {

constexpr unsigned kA0 = 10;
constexpr unsigned kA1 = 11;
constexpr unsigned kA2 = 12;

const isa::Instruction& row(std::string_view name) {
    return *std::ranges::find(isa::all_instructions(), name, &isa::Instruction::name);
}

/// A hart all of whose registers are defined.
struct Values {
    isa::Hart hart;
    UndefinedValues values;

    Values() {
        for (unsigned number = 1; number < 32; ++number)
            values.define(number);
    }
    /// `number` holds a loaded word of which the bits of `mask` are undefined.
    Values& undefine(unsigned number, u32 mask, u32 value = 0) {
        hart.x[number] = value;
        values.execute(
            row("lw"), {.rd = u8(number), .rs1 = 1}, hart,
            UndefinedValues::Loaded{
                .value = value, .undefined = mask, .origin = {.is_memory = true, .address = 0x40}});
        return *this;
    }
    /// a0 = a1 `name` a2, or the immediate.
    u32 result(std::string_view name, i32 imm = 0) {
        const isa::Operands op{.imm = imm, .rd = kA0, .rs1 = kA1, .rs2 = kA2};
        values.execute(row(name), op, hart, std::nullopt);
        return values.mask(kA0);
    }
    /// Whether the branch `name` between them does.
    bool decides(std::string_view name, unsigned first = kA1, unsigned second = kA2) {
        const isa::Operands op{.imm = 8, .rs1 = u8(first), .rs2 = u8(second)};
        return values.decides_by_undefined(row(name), op, hart);
    }
};

}  // namespace

TEST_CASE("after reset nobody has written a register", "[uninit]") {
    const UndefinedValues values;

    CHECK(values.mask(0) == 0);
    CHECK(values.mask(5) == 0xFFFF'FFFF);
    CHECK_FALSE(values.origin(5).is_memory);
    CHECK(values.origin(5).number == 5);
}

TEST_CASE("moves and logic keep bits apart", "[uninit]") {
    CHECK(Values().undefine(kA1, 0x0000'00F0).result("addi") == 0xF0);
    CHECK(Values().undefine(kA1, 0xFFFF'FFFF).result("andi", 0xFF) == 0xFF);
    CHECK(Values().undefine(kA1, 0xFFFF'FFFF).result("ori", 0xFF) == 0xFFFF'FF00);
    CHECK(Values().undefine(kA1, 0x0000'00F0).result("slli", 4) == 0xF00);
    CHECK(Values().undefine(kA1, 0x0000'00F0).result("srli", 8) == 0);
}

TEST_CASE("a result that does not depend on them is defined", "[uninit]") {
    Values zero;
    zero.hart.x[kA2] = 0;
    CHECK(zero.undefine(kA1, 0xFFFF'FFFF).result("mul") == 0);
    CHECK(Values().undefine(kA1, 0xFFFF'FFFF).result("lui", 0x1000) == 0);
}

TEST_CASE("a comparison is one undefined bit", "[uninit]") {
    Values values;
    values.hart.x[kA2] = 7;

    CHECK(values.undefine(kA1, 0xFFFF'FFFF).result("sltu") == 1);
    CHECK(Values().undefine(kA1, 0xF, 0x100).result("slti", 5) == 0);  // larger in any case
}

TEST_CASE("a lane that is multiplied by 0 may hold anything", "[uninit]") {
    Values padded;
    padded.undefine(kA1, 0xFF00'0000);
    padded.hart.x[kA2] = 0x0001'0101;
    CHECK(padded.result("pv.sdotsp.b") == 0);

    padded.undefine(kA1, 0xFF00'0000);
    padded.hart.x[kA2] = 0x0101'0101;
    CHECK(padded.result("pv.sdotsp.b") != 0);
}

TEST_CASE("a load extends what is undefined as it extends the value", "[uninit]") {
    Values values;
    const isa::Operands op{.rd = kA0, .rs1 = kA1};
    const UndefinedValues::Loaded sign{.value = 0, .undefined = 0x80, .origin = {}};

    values.values.execute(row("lb"), op, values.hart, sign);
    CHECK(values.values.mask(kA0) == 0xFFFF'FF80);
    values.values.execute(row("lbu"), op, values.hart, sign);
    CHECK(values.values.mask(kA0) == 0x80);
}

TEST_CASE("a branch decides by them only where they change its way", "[uninit]") {
    const isa::Operands op{.imm = 8, .rs1 = kA1, .rs2 = kA2};
    Values values;
    values.hart.next_pc = 1;  // what the core has there in front of a branch
    values.undefine(kA1, 0xF, 0x100);

    values.hart.x[kA2] = 5;
    CHECK_FALSE(values.values.decides_by_undefined(row("bltu"), op, values.hart));
    values.hart.x[kA2] = 0x105;
    CHECK(values.values.decides_by_undefined(row("bltu"), op, values.hart));
}

TEST_CASE("a comparison with one value depends on bits that may make it that value", "[uninit]") {
    for (const char* const name : {"beq", "bne"})
        for (const u32 constant : {3U, 12U, 300U, 0xDEAD'BEEFU}) {
            Values values;
            values.undefine(kA1, 0xFFFF'FFFF, 0x55).hart.x[kA2] = constant;
            CHECK(values.decides(name));
            CHECK(values.decides(name, kA2, kA1));
        }
}

TEST_CASE("a comparison that the defined bits decide is defined", "[uninit]") {
    Values values;
    values.undefine(kA1, 0xFFFF'FFF0, 0x4).hart.x[kA2] = 3;
    CHECK_FALSE(values.decides("beq"));
    values.hart.x[kA2] = 0x1234'5674;
    CHECK(values.decides("beq"));
}

TEST_CASE("two undefined values are compared, a value with itself is not", "[uninit]") {
    for (const u32 undefined : {0x1U, 0x8000'0000U, 0xFFFF'FFFFU}) {
        Values values;
        values.undefine(kA1, undefined, 0x0101'0101).undefine(kA2, undefined, 0x0101'0101);
        for (const char* const name : {"beq", "bne", "blt", "bge", "bltu", "bgeu"}) {
            CHECK(values.decides(name));
            CHECK_FALSE(values.decides(name, kA1, kA1));
        }
    }
}

TEST_CASE("branches of Xpulp compare with their immediate", "[uninit]") {
    for (const char* const name : {"p.beqimm", "p.bneimm"})
        for (const int immediate : {7, -16, 15}) {
            Values values;
            values.undefine(kA1, 0xFFFF'FFFF);
            const isa::Operands op{.imm = 8, .imm2 = u8(immediate), .rs1 = kA1};
            CHECK(values.values.decides_by_undefined(row(name), op, values.hart));
        }
}

TEST_CASE("a difference of 0 is seen wherever it is computed", "[uninit]") {
    for (const u32 value : {0U, 0x1234U, 0xFFFF'FFFFU}) {
        for (const auto& [name, immediate] : {std::pair("addi", -7), std::pair("xori", 7)}) {
            Values values;
            static_cast<void>(values.undefine(kA1, 0xFFFF'FFFF, value).result(name, immediate));
            values.hart.x[kA0] = name[0] == 'a' ? value - 7 : value ^ 7;
            CHECK(values.decides("beq", kA0, 0));
        }
        for (const char* const name : {"sub", "xor"}) {
            Values values;
            values.hart.x[kA2] = 99;
            static_cast<void>(values.undefine(kA1, 0xFFFF'FFFF, value).result(name));
            values.hart.x[kA0] = name[0] == 's' ? value - 99 : value ^ 99;
            CHECK(values.decides("beq", kA0, 0));
        }
    }
}

TEST_CASE("an order is undefined whichever register holds the value", "[uninit]") {
    for (unsigned number = 5; number < 32; ++number) {
        Values values;
        values.undefine(number, 0xFFFF'FFFF);
        values.hart.x[2] = 1000;
        for (const char* const name : {"blt", "bge", "bltu", "bgeu"}) {
            CHECK(values.decides(name, number, 2));
            CHECK(values.decides(name, 2, number));
        }
    }
}

TEST_CASE("lanes compare with lanes, a scalar and an immediate", "[uninit]") {
    Values lanes;
    lanes.hart.x[kA2] = 0x0102'0305;
    CHECK(lanes.undefine(kA1, 0x0000'FF00).result("pv.cmpeq.b") == 0x0000'FF00);
    CHECK(lanes.undefine(kA1, 0x0000'FF00).result("pv.cmpeq.sc.b") == 0x0000'FF00);
    CHECK(lanes.undefine(kA1, 0x0000'FF00).result("pv.cmpeq.sci.b", 9) == 0x0000'FF00);
    CHECK(lanes.undefine(kA1, 0xFFFF'0000).result("pv.cmpeq.sc.h") == 0xFFFF'0000);
}

TEST_CASE("words of two strings may differ behind their end", "[uninit]") {
    Values values;
    values.undefine(kA1, 0xFF00'0000, 0x0000'6261).hart.x[kA2] = 0x0000'6261;
    CHECK_FALSE(values.decides("bne"));
    values.hart.x[kA2] = 0x0000'6361;  // another letter
    CHECK_FALSE(values.decides("bne"));
    values.undefine(kA1, 0xFFFF'0000, 0x0000'6261).hart.x[kA2] = 0x6463'6261;  // no end
    CHECK(values.decides("bne"));
    CHECK(values.undefine(kA1, 0xFF00'0000).decides("bne", kA1, 0));  // a number
}

TEST_CASE("an undefined result remembers where it came from", "[uninit]") {
    Values values;
    values.undefine(kA1, 0xFF);
    static_cast<void>(values.result("addi", 1));

    CHECK(values.values.origin(kA0).is_memory);
    CHECK(values.values.origin(kA0).address == 0x40);
}
