// SPDX-License-Identifier: Apache-2.0
// Functions that a core is in, from made-up instructions.
#include "platform/probes/call_tracker.hpp"

#include "isa/decoder.hpp"
#include "unit/firmware/elf_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace flexv::platform {

namespace {

constexpr Address kMain = 0x1c00'0080;
constexpr Address kWork = 0x1c00'0180;
constexpr Address kLeaf = 0x1c00'0280;
constexpr Address kHandler = 0x1c00'0380;
constexpr u32 kBytes = 0x100;
constexpr unsigned kRa = 1;
constexpr unsigned kSp = 2;

ElfImage image() {
    ElfBuilder builder;
    builder.load(".text", kMain, std::vector<u8>(4 * kBytes), 4 * kBytes);
    builder.symbol("main", kMain, kBytes, STT_FUNC, 1);
    builder.symbol("work", kWork, kBytes, STT_FUNC, 1);
    builder.symbol("leaf", kLeaf, kBytes, STT_FUNC, 1);
    builder.symbol("handler", kHandler, kBytes, STT_FUNC, 1);
    builder.header.e_entry = kMain;
    return ElfImage::parse("a.elf", builder.build());
}

const isa::Instruction& row(std::string_view name) {
    return *std::ranges::find(isa::all_instructions(), name, &isa::Instruction::name);
}

/// A core that executes what a test tells it, and the names of the functions that it is in.
class Walk final : private CallListener {
public:
    Walk() { hart_.x[kSp] = 0x1000; }

    Walk& plain(Address pc) { return step(pc, "addi", pc + 4); }
    Walk& call(Address pc, Address target) { return step(pc, "jal", target, kRa); }
    Walk& jump(Address pc, Address target) { return step(pc, "jal", target); }
    Walk& back(Address pc, Address target) { return step(pc, "jalr", target, 0, kRa); }
    Walk& mret(Address pc, Address target) { return step(pc, "mret", target); }
    Walk& trap(Address pc) {
        arrive(pc);
        is_there_ = false;
        hart_.mepc = pc;
        return *this;
    }
    Walk& interrupted_at(Address pc) {
        hart_.mepc = pc;
        return *this;
    }
    Walk& sp(u32 value) {
        hart_.x[kSp] = value;
        return *this;
    }
    Walk& loop_to(Address start) {
        hart_.loops[0].start = start;
        return *this;
    }

    /// "main work leaf" in front of the instruction at `pc`.
    std::string at(Address pc) {
        arrive(pc);
        std::string text;
        for (const CallFrame& frame : tracker_.stack())
            text += (frame.function == nullptr ? "?" : frame.function->name) +
                    (frame.is_handler ? "! " : " ");
        CHECK(depth_ == tracker_.stack().size());
        text.pop_back();
        return text;
    }

private:
    /// Once for each instruction, also when somebody has asked where the core is.
    void arrive(Address pc) {
        if (std::exchange(is_there_, true) && hart_.pc == pc)
            return;
        hart_.pc = pc;
        tracker_.arrive(hart_);
    }
    Walk& step(Address pc, std::string_view name, Address next, unsigned rd = 0, unsigned rs1 = 0) {
        arrive(pc);
        hart_.next_pc = next;
        tracker_.leave(row(name), {.rd = u8(rd), .rs1 = u8(rs1)}, hart_);
        is_there_ = false;
        return *this;
    }
    void entered(const CallFrame& /*frame*/) override { ++depth_; }
    void left() override { --depth_; }

    const ElfImage image_ = image();
    isa::Hart hart_;
    std::size_t depth_ = 0;
    bool is_there_ = false;
    CallTracker tracker_{image_, *this};
};

}  // namespace

TEST_CASE("a call opens a function and a return ends it", "[calls]") {
    Walk walk;

    CHECK(walk.plain(kMain).call(kMain + 4, kWork).at(kWork) == "main work");
    CHECK(walk.call(kWork, kLeaf).back(kLeaf, kWork + 4).at(kWork + 4) == "main work");
    CHECK(walk.back(kWork + 4, kMain + 8).at(kMain + 8) == "main");
}

TEST_CASE("a tail call takes the place of its caller, and returns for both", "[calls]") {
    Walk walk;

    CHECK(walk.call(kMain, kWork).jump(kWork, kLeaf).at(kLeaf) == "main leaf");
    CHECK(walk.back(kLeaf, kMain + 4).at(kMain + 4) == "main");
}

TEST_CASE("recursion is as deep as its calls", "[calls]") {
    Walk walk;

    walk.call(kMain, kWork).call(kWork, kWork).call(kWork, kWork);
    CHECK(walk.at(kWork) == "main work work work");
    CHECK(walk.back(kWork, kWork + 4).at(kWork + 4) == "main work work");
}

TEST_CASE("calls that are too deep to be told end all the same", "[calls]") {
    constexpr unsigned kDeep = 1000;
    Walk walk;
    walk.call(kMain, kWork);
    for (unsigned i = 0; i < kDeep; ++i)
        walk.call(kWork, kWork);
    walk.plain(kWork);
    for (unsigned i = 0; i < kDeep; ++i)
        walk.plain(kWork + 4).back(kWork + 8, kWork + 4);

    CHECK(walk.at(kWork + 4) == "main work");
}

TEST_CASE("a jump back into an open function ends what it has called", "[calls]") {
    Walk walk;
    walk.sp(0x1000).call(kMain, kWork).sp(0xf00).call(kWork, kLeaf).sp(0xe00).plain(kLeaf);

    CHECK(walk.sp(0xff0).back(kLeaf + 4, kMain + 0x40).at(kMain + 0x40) == "main");
}

TEST_CASE("an interrupt stands on the function that it has interrupted", "[calls]") {
    Walk walk;

    walk.call(kMain, kWork).plain(kWork).interrupted_at(kWork + 4);
    CHECK(walk.at(kHandler) == "main work handler!");
    CHECK(walk.call(kHandler, kLeaf).back(kLeaf, kHandler + 4).at(kHandler + 4) ==
          "main work handler!");
    CHECK(walk.mret(kHandler + 4, kWork + 4).at(kWork + 4) == "main work");
}

TEST_CASE("an interrupt right behind a call stands on what was called", "[calls]") {
    Walk walk;

    CHECK(walk.call(kMain, kWork).interrupted_at(kWork).at(kHandler) == "main work handler!");
}

TEST_CASE("an exception stands on its function", "[calls]") {
    Walk walk;

    CHECK(walk.call(kMain, kWork).trap(kWork).at(kHandler) == "main work handler!");
    CHECK(walk.mret(kHandler, kWork + 4).at(kWork + 4) == "main work");
}

TEST_CASE("a hardware loop is no call", "[calls]") {
    Walk walk;

    CHECK(walk.loop_to(kMain).plain(kMain).plain(kMain + 4).at(kMain) == "main");
}

TEST_CASE("code that runs on into the next function is in that one", "[calls]") {
    Walk walk;

    CHECK(walk.plain(kMain + kBytes - 4).at(kWork) == "main work");
}

TEST_CASE("code without a symbol is a function of its own", "[calls]") {
    Walk walk;

    CHECK(walk.call(kMain, 0x1000'0000).plain(0x1000'0000).at(0x1000'0004) == "main ?");
    CHECK(walk.back(0x1000'0004, kMain + 4).at(kMain + 4) == "main");
}

}  // namespace flexv::platform
