// SPDX-License-Identifier: Apache-2.0
// Xpulpv2 rows on edge values. Expected numbers: worked out by hand from the ISA specification,
// sections 7 to 9 (its reference vectors are in reference_vectors_test.cpp).
#include "isa/support.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

namespace flexv::test {
namespace {

/// `line` computes a0 from a1, a2 and the old a0, which is 0x11223344.
struct Case {
    const char* line;
    u32 a1;
    u32 a2;
    u32 result;
};

// clang-format off
constexpr Case kScalar[] = {
    {"p.abs a0, a1",             0x80000000, 0,          0x80000000},
    {"p.abs a0, a1",             0xffffffff, 0,          0x00000001},
    {"p.slet a0, a1, a2",        0xffffffff, 0xffffffff, 1},
    {"p.slet a0, a1, a2",        0x00000000, 0xffffffff, 0},
    {"p.sletu a0, a1, a2",       0x00000000, 0xffffffff, 1},
    {"p.min a0, a1, a2",         0x80000000, 0x7fffffff, 0x80000000},
    {"p.minu a0, a1, a2",        0x80000000, 0x7fffffff, 0x7fffffff},
    {"p.max a0, a1, a2",         0x80000000, 0x7fffffff, 0x7fffffff},
    {"p.maxu a0, a1, a2",        0x80000000, 0x7fffffff, 0x80000000},
    {"p.ror a0, a1, a2",         0x00000001, 0x00000021, 0x80000000},
    {"p.ror a0, a1, a2",         0x12345678, 0x00000020, 0x12345678},
    {"p.exths a0, a1",           0x00008000, 0,          0xffff8000},
    {"p.exthz a0, a1",           0xffff8000, 0,          0x00008000},
    {"p.extbs a0, a1",           0x00000080, 0,          0xffffff80},
    {"p.extbz a0, a1",           0xffffff80, 0,          0x00000080},
    {"p.clip a0, a1, 0",         0x00000005, 0,          0x00000000},
    {"p.clip a0, a1, 0",         0xfffffff0, 0,          0xffffffff},
    {"p.clip a0, a1, 1",         0x00000005, 0,          0x00000000},
    {"p.clip a0, a1, 31",        0x7fffffff, 0,          0x3fffffff},
    {"p.clipu a0, a1, 8",        0xffffffff, 0,          0x00000000},
    {"p.clipu a0, a1, 0",        0x00000001, 0,          0x00000000},
    {"p.clipr a0, a1, a2",       0xffffff00, 0x0000007f, 0xffffff80},
    {"p.clipr a0, a1, a2",       0x00000010, 0x0000007f, 0x00000010},
    {"p.clipur a0, a1, a2",      0xffffff00, 0x0000007f, 0x00000000},
    {"p.clipur a0, a1, a2",      0x00000100, 0x0000007f, 0x0000007f},

    {"p.ff1 a0, a1",             0x00000000, 0,          32},
    {"p.ff1 a0, a1",             0x80000000, 0,          31},
    {"p.fl1 a0, a1",             0x80000001, 0,          31},
    {"p.fl1 a0, a1",             0x00000000, 0,          32},
    {"p.clb a0, a1",             0x00000000, 0,          0},
    {"p.clb a0, a1",             0xffffffff, 0,          31},
    {"p.clb a0, a1",             0x80000000, 0,          0},
    {"p.clb a0, a1",             0x00000001, 0,          30},
    {"p.cnt a0, a1",             0xffffffff, 0,          32},

    {"p.extract a0, a1, 31, 0",  0x89abcdef, 0,          0x89abcdef},
    {"p.extract a0, a1, 31, 31", 0x80000000, 0,          0xffffffff},
    {"p.extractu a0, a1, 31, 31", 0x80000000, 0,         0x00000001},
    {"p.extractr a0, a1, a2",    0x89abcdef, 0x00000164, 0xfffffcde},  // length 12 at 4
    {"p.extractur a0, a1, a2",   0x89abcdef, 0x00000164, 0x00000cde},
    {"p.insert a0, a1, 31, 0",   0x89abcdef, 0,          0x89abcdef},
    {"p.insert a0, a1, 31, 28",  0x0000000f, 0,          0xf1223344},
    {"p.insertr a0, a1, a2",     0x000000ab, 0x000000e8, 0x1122ab44},  // length 8 at 8
    {"p.bclr a0, a1, 31, 0",     0xffffffff, 0,          0x00000000},
    {"p.bclr a0, a1, 3, 30",     0xffffffff, 0,          0x3fffffff},
    {"p.bclrr a0, a1, a2",       0xffffffff, 0x000000e8, 0xffff00ff},
    {"p.bset a0, a1, 0, 31",     0x00000000, 0,          0x80000000},
    {"p.bsetr a0, a1, a2",       0x00000000, 0x000000e8, 0x0000ff00},
    {"p.bitrev a0, a1, 0, 0",    0x00000001, 0,          0x80000000},
    {"p.bitrev a0, a1, 0, 3",    0x00000001, 0,          0x80000000},
    {"p.bitrev a0, a1, 0, 1",    0x00000002, 0,          0x80000000},
    {"p.bitrev a0, a1, 0, 2",    0xe0000000, 0,          0x00000007},

    {"p.mac a0, a1, a2",         0xffffffff, 0x00000001, 0x11223343},
    {"p.msu a0, a1, a2",         0xffffffff, 0x00000001, 0x11223345},
    {"p.muls a0, a1, a2",        0x00008000, 0x00008000, 0x40000000},
    {"p.mulu a0, a1, a2",        0x0000ffff, 0x0000ffff, 0xfffe0001},
    {"p.mulhhs a0, a1, a2",      0xffff0000, 0x00010000, 0xffffffff},
    {"p.mulhhu a0, a1, a2",      0xffff0000, 0x00010000, 0x0000ffff},
    {"p.mulsn a0, a1, a2, 1",    0x0000ffff, 0x00000003, 0xfffffffe},
    {"p.mulsrn a0, a1, a2, 1",   0x0000ffff, 0x00000003, 0xffffffff},
    {"p.mulun a0, a1, a2, 31",   0x0000ffff, 0x0000ffff, 0x00000001},
    {"p.macs a0, a1, a2",        0x0000ffff, 0x00000044, 0x11223300},
    {"p.macurn a0, a1, a2, 4",   0x00000001, 0x00000004, 0x01122335},
    {"p.machhsn a0, a1, a2, 8",  0xffff0000, 0x00440000, 0x00112233},
    {"p.machhurn a0, a1, a2, 0", 0x00010000, 0x00010000, 0x11223345},

    {"p.addn a0, a1, a2, 1",     0x7fffffff, 0x00000001, 0xc0000000},
    {"p.addun a0, a1, a2, 1",    0x7fffffff, 0x00000001, 0x40000000},
    {"p.addrn a0, a1, a2, 1",    0x00000001, 0x00000002, 0x00000002},
    {"p.addurn a0, a1, a2, 31",  0xffffffff, 0x00000000, 0x00000000},
    {"p.subn a0, a1, a2, 4",     0x00000000, 0x00000001, 0xffffffff},
    {"p.subun a0, a1, a2, 4",    0x00000000, 0x00000001, 0x0fffffff},
    {"p.subrn a0, a1, a2, 1",    0x00000000, 0x00000001, 0x00000000},
    {"p.suburn a0, a1, a2, 0",   0x00000000, 0x00000001, 0xffffffff},
    {"p.addnr a0, a1, a2",       0x00000000, 0x00000028, 0x00112233},
    {"p.addunr a0, a1, a2",      0xe0000000, 0x00000004, 0x0f122334},
    {"p.addrnr a0, a1, a2",      0x0000003c, 0x00000008, 0x00112234},
    {"p.addurnr a0, a1, a2",     0x0000003c, 0x00000008, 0x00112234},
    {"p.subnr a0, a1, a2",       0x11223345, 0x00000004, 0xffffffff},
    {"p.subunr a0, a1, a2",      0x11223345, 0x00000004, 0x0fffffff},
    {"p.suburnr a0, a1, a2",     0x11223345, 0x00000001, 0x00000000},
};
// clang-format on

}  // namespace

TEST_CASE("Xpulpv2 arithmetic is right at its edges", "[isa][xpulp]") {
    for (const Case& c : kScalar) {
        INFO(fmt::format("{} with {:#x}, {:#x}", c.line, c.a1, c.a2));
        Machine machine;
        machine.x(a0) = 0x11223344;
        machine.x(a1) = c.a1;
        machine.x(a2) = c.a2;

        machine.run(c.line);

        CHECK(fmt::format("{:08x}", machine.x(a0)) == fmt::format("{:08x}", c.result));
    }
}

TEST_CASE("the byte extensions take byte 2 when bit 20 of the word is set", "[isa][xpulp]") {
    Machine machine;
    machine.x(a1) = 0x12f45678;

    machine.run(isa::assemble("p.extbs a0, a1") | 1U << 20);
    CHECK(machine.x(a0) == 0xfffffff4);
    machine.run(isa::assemble("p.extbz a0, a1") | 1U << 20);
    CHECK(machine.x(a0) == 0xf4);
}

TEST_CASE("a post-increment load writes its base register back", "[isa][xpulp]") {
    Machine machine;
    machine.memory.store(0x100, 4, 0xcafef00d);
    machine.x(a0) = 0x100;

    machine.run("p.lw a1, 4(a0!)");

    CHECK(machine.x(a1) == 0xcafef00d);
    CHECK(machine.x(a0) == 0x104);
}

TEST_CASE("a loaded value wins over the incremented base", "[isa][xpulp]") {
    Machine machine;
    machine.memory.store(0x100, 4, 0xcafef00d);
    machine.x(a0) = 0x100;
    machine.x(a1) = 8;

    machine.run("p.lhu a0, -4(a0!)");
    CHECK(machine.x(a0) == 0xf00d);

    machine.x(a0) = 0x100;
    machine.run("p.lb a0, a1(a0!)");
    CHECK(machine.x(a0) == 0x0d);
}

TEST_CASE("a load with a register offset leaves its base alone", "[isa][xpulp]") {
    Machine machine;
    machine.memory.store(0x108, 4, 0x8000f00d);
    machine.x(a0) = 0x100;
    machine.x(a1) = 8;

    machine.run("p.lh a2, a1(a0)");

    CHECK(machine.x(a2) == 0xfffff00d);
    CHECK(machine.x(a0) == 0x100);
}

TEST_CASE("a post-increment store stores the old value of its base", "[isa][xpulp]") {
    Machine machine;
    machine.x(a0) = 0x100;

    machine.run("p.sw a0, 8(a0!)");

    CHECK(machine.memory.load(0x100, 4) == 0x100);
    CHECK(machine.x(a0) == 0x108);
}

TEST_CASE("a store takes its offset register from the rd field", "[isa][xpulp]") {
    Machine machine;
    machine.x(a0) = 0x100;
    machine.x(a1) = 0x20;
    machine.x(a2) = 0x11223344;

    machine.run("p.sh a2, a1(a0)");
    CHECK(machine.memory.load(0x120, 4) == 0x3344);
    CHECK(machine.x(a0) == 0x100);

    machine.run("p.sb a2, a1(a0!)");
    CHECK(machine.memory.load(0x100, 4) == 0x44);
    CHECK(machine.x(a0) == 0x120);
    CHECK(machine.x(a1) == 0x20);
}

TEST_CASE("a load that does not succeed changes no register", "[isa][xpulp]") {
    struct Refusing final : isa::Bus {
        u32 load(Address, unsigned) override { throw 1; }
        void store(Address, unsigned, u32) override { throw 1; }
    } bus;

    for (const char* line :
         {"p.lw a1, 4(a0!)", "p.lw a1, a2(a0!)", "p.sw a1, 4(a0!)", "pv.mlsdotup.b a1, a0, 16"}) {
        INFO(line);
        Machine machine;
        machine.hart.bus = &bus;
        machine.x(a0) = 0x100;
        machine.x(a1) = 7;
        CHECK_THROWS(machine.run(line));
        CHECK(machine.x(a0) == 0x100);
        CHECK(machine.x(a1) == 7);
        CHECK(machine.hart.weights.address == 0);
    }
}

TEST_CASE("both event loads are word loads towards the row", "[isa][xpulp]") {
    Machine machine;
    machine.memory.store(0x104, 4, 5);
    machine.x(a0) = 0x100;

    machine.run("p.elw a1, 4(a0)");
    CHECK(machine.x(a1) == 5);
    machine.run("p.elw a1, 4(a0!)");
    CHECK(machine.x(a0) == 0x104);
}

TEST_CASE("branches on a constant take a signed 5-bit number", "[isa][xpulp]") {
    Machine machine;
    machine.x(a0) = ~u32{15};

    machine.run("p.beqimm a0, -16, 0x1c008100");
    CHECK(machine.hart.next_pc == 0x1c008100);
    machine.run("p.bneimm a0, -16, 0x1c008100");
    CHECK(machine.hart.next_pc == 0x1c008004);
    machine.run("p.bneimm a0, 15, 0x1c007ff0");
    CHECK(machine.hart.next_pc == 0x1c007ff0);
}

TEST_CASE("loop set-up fills start, end and count", "[isa][xpulp]") {
    Machine machine;
    machine.x(a0) = 10;

    machine.run("lp.setup x1, a0, 0x1c008010");
    CHECK(machine.hart.loops[1].start == 0x1c008004);
    CHECK(machine.hart.loops[1].end == 0x1c008010);
    CHECK(machine.hart.loops[1].count == 10);

    machine.run("lp.setupi x0, 4095, 0x1c00803e");
    CHECK(machine.hart.loops[0].start == 0x1c008004);
    CHECK(machine.hart.loops[0].end == 0x1c00803e);
    CHECK(machine.hart.loops[0].count == 4095);

    machine.run("lp.starti x0, 0x1c008008");
    machine.run("lp.endi x0, 0x1c009ffe");
    machine.run("lp.counti x0, 3");
    CHECK(machine.hart.loops[0].start == 0x1c008008);
    CHECK(machine.hart.loops[0].end == 0x1c009ffe);
    CHECK(machine.hart.loops[0].count == 3);
    machine.run("lp.count x0, a0");
    CHECK(machine.hart.loops[0].count == 10);
}

}  // namespace flexv::test
