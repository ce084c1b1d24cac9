// SPDX-License-Identifier: Apache-2.0
// The timer unit through its registers: cycles of start and stop, interrupt lines, joint mode.
#include "timer/timer.hpp"

#include "support/bus_contract.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using flexv::test::BusMaster;
using flexv::test::DataMaster;
using flexv::timer::Timer;

namespace {

constexpr Address kCfgLo = 0x00, kCfgHi = 0x04, kCntLo = 0x08, kCntHi = 0x0c, kCmpLo = 0x10;
constexpr Address kCmpHi = 0x14, kStartLo = 0x18, kStartHi = 0x1c, kResetLo = 0x20;
constexpr u32 kEnable = 1, kReset = 2, kIrq = 4, kEventStart = 8, kClear = 0x10, kOneShot = 0x20;
constexpr u32 kPrescale = 0x40, kReference = 0x80, kJoin = 0x8000'0000;

struct Edge {
    unsigned line = 0;
    bool level = false;
    Cycles cycle = 0;

    bool operator==(const Edge&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Edge& edge) {
    return out << "line " << edge.line << (edge.level ? " rises in " : " falls in ") << edge.cycle;
}

struct Bench {
    Bench() {
        master.out.bind(timer.bus_in);
        timer.interrupt_out.connect([this](unsigned line, bool level, Cycles now) {
            CHECK(now == clock.timeline.now());
            edges.push_back({line, level, now});
        });
        test::elaborate();
    }
    /// Writes in cycle `now`, after everything before it has acted.
    void write(Address offset, u32 value, Cycles now) {
        clock.timeline.run_until(now);
        core.write32(timer.data_in, 0x1020'0400 + offset, value, now);
    }
    u32 read(Address offset, Cycles now) {
        clock.timeline.run_until(now);
        return core.read32(timer.data_in, 0x1020'0400 + offset, now);
    }

    ClockDomain clock;
    Timer timer{"timer", clock, {.reference_clock_cycles = 100}};
    BusMaster master{"master"};
    DataMaster core;
    std::vector<Edge> edges;
};

}  // namespace

TEST_CASE("the count between start and stop is the distance of the two writes", "[timer]") {
    Bench bench;

    bench.write(kStartHi, 1, 10);
    CHECK(bench.read(kCntHi, 11) == 0);
    CHECK(bench.read(kCntHi, 21) == 10);
    CHECK(bench.read(kCfgHi, 30) == kEnable);
    bench.write(kCfgHi, 0, 110);

    CHECK(bench.read(kCntHi, 500) == 100);
    CHECK(bench.read(kCntLo, 500) == 0);
}

TEST_CASE("RESET clears the count and reads back as 0", "[timer]") {
    Bench bench;
    bench.write(kCfgLo, kEnable, 0);

    bench.write(kCfgLo, kEnable | kReset, 50);
    CHECK(bench.read(kCfgLo, 51) == kEnable);
    CHECK(bench.read(kCntLo, 61) == 10);

    bench.write(kResetLo, 0, 70);
    CHECK(bench.read(kCntLo, 71) == 0);
}

TEST_CASE("a prescaler divides by its value plus one", "[timer]") {
    Bench bench;

    bench.write(kCfgLo, kEnable | kPrescale | 9U << 8, 0);

    CHECK(bench.read(kCntLo, 10) == 0);
    CHECK(bench.read(kCntLo, 11) == 1);
    CHECK(bench.read(kCntLo, 1001) == 100);
}

TEST_CASE("the reference clock ticks as configured", "[timer]") {
    Bench bench;

    bench.write(kCfgLo, kEnable | kReference, 0);

    CHECK(bench.read(kCntLo, 99) == 0);
    CHECK(bench.read(kCntLo, 1000) == 10);
}

TEST_CASE("a match raises the line for one tick and clears the count", "[timer]") {
    Bench bench;
    bench.write(kCmpLo, 9, 0);
    bench.write(kCfgLo, kEnable | kIrq | kClear, 5);

    bench.clock.timeline.run_until(30);

    // Enabled from cycle 6 on with count 0, so count 9 is in cycle 15; the period is 10.
    CHECK(bench.edges ==
          std::vector<Edge>{{0, true, 15}, {0, false, 16}, {0, true, 25}, {0, false, 26}});
}

TEST_CASE("the line of a stopped counter is high while count equals compare", "[timer]") {
    Bench bench;

    bench.write(kCfgHi, kIrq, 3);
    bench.write(kCmpHi, 7, 10);
    bench.write(kCntHi, 7, 20);
    bench.write(kCfgHi, 0, 30);
    bench.clock.timeline.run_until(40);

    CHECK(bench.edges ==
          std::vector<Edge>{{1, true, 4}, {1, false, 11}, {1, true, 21}, {1, false, 31}});
}

TEST_CASE("one shot clears ENABLE after its match", "[timer]") {
    Bench bench;
    bench.write(kCmpLo, 4, 0);
    bench.write(kCfgLo, kEnable | kIrq | kClear | kOneShot, 0);

    CHECK((bench.read(kCfgLo, 5) & kEnable) == 1);
    CHECK((bench.read(kCfgLo, 6) & kEnable) == 0);
    CHECK(bench.read(kCntLo, 100) == 0);

    CHECK(bench.edges == std::vector<Edge>{{0, true, 5}, {0, false, 6}});
}

TEST_CASE("a match far ahead comes in its cycle and moves with the compare value", "[timer]") {
    Bench bench;
    bench.write(kCmpLo, 1'000'000, 0);
    bench.write(kCfgLo, kEnable | kIrq, 0);
    bench.write(kCmpLo, 2'000'000, 500);

    bench.clock.timeline.run_until(3'000'000);

    CHECK(bench.edges == std::vector<Edge>{{0, true, 2'000'001}, {0, false, 2'000'002}});
}

TEST_CASE("joined halves count 64 bits and interrupt on the low line", "[timer]") {
    Bench bench;
    bench.write(kCntLo, 0xffff'fff0, 0);
    bench.write(kCntHi, 2, 0);
    bench.write(kCmpLo, 4, 0);
    bench.write(kCmpHi, 3, 0);
    bench.write(kCfgHi, kEnable | kIrq, 0);
    bench.edges.clear();
    bench.write(kCfgLo, kEnable | kIrq | kJoin, 0);

    CHECK(bench.read(kCntHi, 16) == 2);
    CHECK(bench.read(kCntLo, 17) == 0);
    CHECK(bench.read(kCntHi, 17) == 3);
    bench.clock.timeline.run_until(100);
    CHECK(bench.edges == std::vector<Edge>{{0, true, 21}, {0, false, 22}});

    bench.write(kCfgLo, 0, 100);
    CHECK(bench.read(kCntHi, 101) == 3);
    CHECK(bench.read(kCntLo, 101) == 100 - 17 + 1);
}

TEST_CASE("an input event starts a half that listens to it", "[timer]") {
    Bench bench;
    bench.write(kCfgLo, kEventStart, 0);

    bench.timer.input_event(Timer::low, 10);
    bench.timer.input_event(Timer::high, 10);

    CHECK(bench.read(kCntLo, 21) == 10);
    CHECK(bench.read(kCntHi, 21) == 0);
}

TEST_CASE("reset in mid-operation stops the timer and forgets its match", "[timer]") {
    Bench bench;
    bench.write(kCmpLo, 50, 0);
    bench.write(kCfgLo, kEnable | kIrq, 0);
    bench.clock.timeline.run_until(20);

    bench.clock.timeline.reset();
    bench.timer.reset();

    CHECK(bench.read(kCntLo, 200) == 0);
    CHECK(bench.read(kCfgLo, 200) == 0);
    CHECK(bench.edges.empty());
}

TEST_CASE("the timer keeps the contract of every bus target", "[timer]") {
    Bench bench;
    bench.master.write32(kCmpLo, 0x1234);

    test::check_bus_contract(bench.master, {.size_bytes = 0x400, .plain_offset = kCmpLo},
                             bench.timer);
}

TEST_CASE("a debug read shows the running count and stops nothing", "[timer]") {
    Bench bench;
    bench.master.write32(kStartLo, 1);
    bench.clock.timeline.run_until(101);

    CHECK(bench.master.debug_read32(kCntLo) == 100);
    CHECK(bench.master.debug_read32(kCntLo) == 100);
    CHECK(bench.read(kCntLo, 102) == 101);
}
