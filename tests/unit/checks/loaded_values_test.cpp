// SPDX-License-Identifier: Apache-2.0
// Loads whose value, or a part of it, makes no difference.
#include "platform/checks/loaded_values.hpp"

#include "isa/decoder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string_view>

using namespace flexv;
using namespace flexv::platform;

namespace {

constexpr Address kWord = 0x1000'0100;
constexpr u8 kSum = 10;
constexpr u8 kLoaded = 11;
constexpr u8 kWeights = 12;

/// A core that has loaded the word at kWord into x[kLoaded].
struct Core {
    isa::Hart hart;
    LoadedValues values;
    u32 number = values.begin(kLoaded, kWord, 4);

    void execute(std::string_view name, const isa::Operands& op) {
        const auto row = std::ranges::find(isa::all_instructions(), name, &isa::Instruction::name);
        values.follow(*row, op, hart);
    }
    void multiply(u32 weights) {
        hart.x[kWeights] = weights;
        execute("pv.sdotsp.b", {.rd = kSum, .rs1 = kLoaded, .rs2 = kWeights});
    }
    void overwrite() { execute("addi", {.rd = kLoaded, .rs1 = 0}); }
    [[nodiscard]] LoadedValues::Verdict verdict(unsigned byte, unsigned bytes = 1) const {
        return values.verdict(number, kWord + byte, bytes);
    }
    [[nodiscard]] bool mattered(unsigned byte, unsigned bytes = 1) const {
        return verdict(byte, bytes).difference != LoadedValues::Difference::none;
    }
};

}  // namespace

TEST_CASE("a lane that was multiplied by 0 has made no difference", "[races]") {
    Core core;
    core.multiply(0x0001'0101);
    core.overwrite();

    CHECK(core.mattered(0));
    CHECK(core.mattered(2, 2));
    CHECK_FALSE(core.mattered(3));
}

TEST_CASE("bits that were masked out have made no difference", "[races]") {
    Core core;
    core.execute("andi", {.imm = 0xFF, .rd = kSum, .rs1 = kLoaded});
    core.overwrite();

    CHECK(core.mattered(0, 4));
    CHECK_FALSE(core.mattered(1, 3));
}

TEST_CASE("a value that is dropped makes no difference, one that is there may", "[races]") {
    Core core;
    CHECK(core.verdict(1).difference == LoadedValues::Difference::open);
    CHECK(core.verdict(1).rd == kLoaded);
    CHECK(core.verdict(1).bits == 0xFF00);
    core.overwrite();
    CHECK_FALSE(core.mattered(0, 4));
}

TEST_CASE("what is stored, decides, or was used twice has made a difference", "[races]") {
    Core store;
    store.execute("sw", {.rs1 = 2, .rs2 = kLoaded});
    CHECK(store.mattered(3));
    Core branch;
    branch.execute("beq", {.rs1 = kLoaded, .rs2 = 0});
    CHECK(branch.mattered(3));
    Core twice;
    twice.multiply(0x0001'0101);
    twice.multiply(0x0001'0101);
    CHECK(twice.mattered(3));
}

TEST_CASE("what is forgotten is taken to have made a difference", "[races]") {
    Core core;
    core.overwrite();
    CHECK_FALSE(core.mattered(0));
    for (unsigned i = 0; i < 1 << 14; ++i)
        static_cast<void>(core.values.begin(kLoaded, kWord, 4));

    CHECK(core.mattered(0));
    CHECK(core.values.verdict(LoadedValues::kUnknown, kWord, 4).difference ==
          LoadedValues::Difference::made);
}
