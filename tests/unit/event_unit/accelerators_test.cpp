// SPDX-License-Identifier: Apache-2.0
// Barriers, mutex, dispatch and the FIFO of SoC events: docs/spec/cluster.md 5.2, 5.3, 5.5 to 5.7,
// 5.10.
#include "event_unit_bench.hpp"

using namespace flexv;
using flexv::test::EventUnitBench;
using flexv::test::line;

namespace {

constexpr u32 kMask = 0x00, kBuffer = 0x1c, kBufferClear = 0x28;
constexpr u32 kDispatch = 0x80, kTeam = 0x84, kMutex = 0xc0;
constexpr u32 kTriggerMask = 0x200, kStatus = 0x204, kTargetMask = 0x20c, kTrigger = 0x210;
constexpr u32 kTriggerSelf = 0x214, kTriggerWait = 0x218, kTriggerWaitClear = 0x21c;
constexpr u32 kBarrierLines = line(16), kMutexLines = line(17), kDispatchLines = line(18);

/// All cores listen to barrier, mutex and dispatch; barrier 0 is theirs.
struct Bench : EventUnitBench {
    explicit Bench(u32 lines = kBarrierLines | kMutexLines) {
        for (unsigned core = 0; core < kCores; ++core)
            write(core, kMask, lines);
        write(0, kTriggerMask, 0xf);
        write(0, kTargetMask, 0xf);
    }
};

}  // namespace

TEST_CASE("a barrier opens two cycles after the last arrival", "[barrier]") {
    Bench bench;
    for (const unsigned core : {0U, 1U, 3U})
        bench.ask(core, kTriggerWaitClear);
    bench.run_to(100);
    CHECK(bench.bus.read32(0x404) == 0b1011);
    CHECK_FALSE(bench.granted(0));

    bench.ask(2, kTriggerWaitClear);
    bench.run_to(120);

    for (unsigned core = 0; core < Bench::kCores; ++core) {
        CHECK(bench.granted(core) == Cycles{102});
        CHECK(bench.cores[core].data == kBarrierLines);
    }
    CHECK(bench.read(0, kStatus) == 0);
    CHECK(bench.read(0, kBuffer) == 0);
}

TEST_CASE("a barrier can be used again at once by a fast core", "[barrier]") {
    Bench bench;
    for (unsigned core = 0; core < Bench::kCores; ++core)
        bench.ask(core, kTriggerWaitClear);
    bench.run_to(bench.now() + 3);

    bench.ask(0, kTriggerWaitClear);
    bench.run_to(bench.now() + 20);

    CHECK_FALSE(bench.granted(0));
    CHECK(bench.read(1, kStatus) == 0b0001);
}

TEST_CASE("writing the same masks while others wait changes nothing", "[barrier]") {
    Bench bench;
    bench.ask(0, kTriggerWaitClear);
    bench.ask(1, kTriggerWaitClear);
    bench.run_to(40);

    bench.write(2, kTriggerMask, 0xf);
    bench.write(2, kTargetMask, 0xf);
    CHECK(bench.read(2, kStatus) == 0b0011);
    bench.ask(2, kTriggerWaitClear);
    bench.ask(3, kTriggerWaitClear);
    bench.run_to(60);

    CHECK(bench.granted(0));
}

TEST_CASE("a smaller trigger mask lets those who wait already through", "[barrier]") {
    Bench bench;
    bench.ask(0, kTriggerWaitClear);
    bench.ask(1, kTriggerWaitClear);
    bench.run_to(40);

    bench.write(2, kTriggerMask, 0b0011);
    bench.run_to(60);

    CHECK(bench.granted(0));
    CHECK(bench.granted(1));
}

TEST_CASE("a stray arrival blocks a barrier, and mask 0 never opens", "[barrier]") {
    Bench bench;
    bench.write(0, kTriggerMask, 0b0001);
    bench.write(0, kTrigger, 0b0100);
    bench.ask(0, kTriggerWait);
    bench.run_to(100);
    CHECK_FALSE(bench.granted(0));
    CHECK(bench.unit.core_in->waits_for(bench.cores[0]).find("blocked by the arrival of 2") !=
          std::string::npos);

    bench.write(1, 0x220, 0);
    bench.ask(1, 0x238);
    bench.run_to(200);
    CHECK_FALSE(bench.granted(1));
}

TEST_CASE("only the cores of the target mask are woken", "[barrier]") {
    Bench bench;
    bench.write(0, kTargetMask, 0b0001);

    bench.write(0, kTrigger, 0xf);
    bench.run_to(bench.now() + 4);

    CHECK(bench.read(0, kBuffer) == kBarrierLines);
    CHECK(bench.read(1, kBuffer) == 0);
}

TEST_CASE("a core can arrive without waiting", "[barrier]") {
    Bench bench;

    CHECK(bench.read(0, kTriggerSelf) == 0);
    CHECK(bench.read(1, kStatus) == 0b0001);
}

TEST_CASE("a stale masked event ends a barrier read early, and yet it counts", "[barrier]") {
    Bench bench;
    bench.unit.event(0, 17, bench.now());
    bench.step();

    bench.ask(0, kTriggerWaitClear);

    CHECK(bench.granted(0) == bench.now());
    bench.run_to(bench.now() + 3);
    CHECK(bench.read(1, kStatus) == 0b0001);
}

TEST_CASE("a barrier whose line is masked wakes nobody", "[barrier]") {
    Bench bench(kMutexLines);
    for (unsigned core = 0; core < Bench::kCores; ++core)
        bench.ask(core, kTriggerWait);
    bench.run_to(100);

    CHECK_FALSE(bench.granted(0));
    CHECK(bench.unit.core_in->waits_for(bench.cores[0]).find("line 16 is not in EVT_MASK") !=
          std::string::npos);
}

TEST_CASE("a free mutex is granted in the next cycle", "[mutex]") {
    Bench bench;

    const Cycles asked = bench.now();
    bench.ask(3, kMutex);
    bench.run_to(asked + 5);

    CHECK(bench.granted(3) == asked + 1);
}

TEST_CASE("an unlock hands the mutex and its message to the lowest waiter", "[mutex]") {
    Bench bench;
    bench.ask(3, kMutex);
    bench.run_to(20);
    bench.ask(2, kMutex);
    bench.ask(1, kMutex);
    bench.run_to(40);
    CHECK_FALSE(bench.granted(1));
    CHECK(bench.unit.core_in->waits_for(bench.cores[1]) ==
          "mutex 0 (held by core 3, waiting: cores 1 2)");

    bench.write(3, kMutex, 77);
    bench.run_to(50);
    CHECK(bench.granted(1) == Cycles{41});
    CHECK(bench.cores[1].data == 77);
    CHECK_FALSE(bench.granted(2));
    bench.write(1, kMutex, 78);
    bench.run_to(60);
    CHECK(bench.cores[2].data == 78);
}

TEST_CASE("each member of the team pops each word once", "[dispatch]") {
    Bench bench(kDispatchLines);
    bench.write(0, kTeam, 0b0110);
    bench.write(0, kDispatch, 0x1234);
    bench.write(0, kDispatch, 0x5678);

    for (const u32 word : {0x1234U, 0x5678U})
        for (const unsigned core : {1U, 2U}) {
            bench.ask(core, kDispatch);
            bench.run_to(bench.now() + 8);
            REQUIRE(bench.granted(core));
            CHECK(bench.cores[core].data == word);
        }
    bench.ask(1, kDispatch);
    bench.run_to(bench.now() + 20);
    CHECK_FALSE(bench.granted(1));
}

TEST_CASE("a core waits for a word and skips those of other teams", "[dispatch]") {
    Bench bench(kDispatchLines);
    bench.ask(3, kDispatch);
    bench.write(0, kTeam, 0b0010);
    bench.write(0, kDispatch, 1);
    bench.run_to(50);
    CHECK_FALSE(bench.granted(3));
    CHECK(bench.unit.core_in->waits_for(bench.cores[3]) == "dispatch (queue empty)");

    bench.write(0, kTeam, 0b1000);
    bench.write(0, kDispatch, 2);
    bench.run_to(80);

    REQUIRE(bench.granted(3));
    CHECK(bench.cores[3].data == 2);
}

TEST_CASE("dispatch registers repeat every 16 bytes", "[dispatch]") {
    Bench bench(kDispatchLines);
    bench.write(0, kTeam + 0x30, 0b0010);
    bench.write(0, kDispatch + 0x10, 9);

    bench.ask(1, kDispatch + 0x20);
    bench.run_to(bench.now() + 10);

    REQUIRE(bench.granted(1));
    CHECK(bench.cores[1].data == 9);
}

TEST_CASE("SoC events raise line 27 of all cores until they are read", "[soc_events]") {
    EventUnitBench bench;
    bench.unit.soc_event(160, bench.now());
    bench.unit.soc_event(3, bench.now());
    bench.run_to(bench.now() + 3);

    for (unsigned core = 0; core < EventUnitBench::kCores; ++core)
        CHECK(bench.read(core, kBuffer) == line(27));
    CHECK(bench.bus.debug_read32(0x700) == 0x8000'00a0);
    CHECK(bench.bus.read32(0x700) == 0x8000'00a0);
    CHECK(bench.bus.read32(0x700) == 0x8000'0003);
    CHECK(bench.bus.read32(0x700) == 0);
    bench.run_to(bench.now() + 3);
    bench.write(0, kBufferClear, line(27));
    bench.step();
    CHECK(bench.read(0, kBuffer) == 0);
}
