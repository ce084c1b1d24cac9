// SPDX-License-Identifier: Apache-2.0
// Event units that are slower than the hardware: only the event comes later, by exactly as much.
#include "event_unit_bench.hpp"

#include "base/error.hpp"

using namespace flexv;
using flexv::test::EventUnitBench;
using flexv::test::line;

namespace {

constexpr u32 kMask = 0x00, kDispatch = 0x80, kTeam = 0x84, kMutex = 0xc0, kEventWait = 0x38;
constexpr u32 kTriggerMask = 0x200, kTargetMask = 0x20c, kTriggerWaitClear = 0x21c;
constexpr u32 kSoftwareTrigger = 0x100;

struct Bench : EventUnitBench {
    explicit Bench(const event_unit::Config& config) : EventUnitBench(config) {
        for (unsigned core = 0; core < kCores; ++core)
            write(core, kMask, line(0) | line(16) | line(17) | line(18));
        write(0, kTriggerMask, 0xf);
        write(0, kTargetMask, 0xf);
    }
};

/// Cycles from the last arrival at a barrier to the grant.
Cycles barrier(const event_unit::Config& config) {
    Bench bench(config);
    for (const unsigned core : {0U, 1U, 3U})
        bench.ask(core, kTriggerWaitClear);
    bench.run_to(100);
    bench.ask(2, kTriggerWaitClear);
    bench.run_to(300);
    REQUIRE(bench.granted(0));
    CHECK(bench.granted(0) == bench.granted(2));
    return *bench.granted(0) - 100;
}

Cycles mutex(const event_unit::Config& config) {
    Bench bench(config);
    bench.run_to(100);
    bench.ask(1, kMutex);
    bench.run_to(300);
    REQUIRE(bench.granted(1));
    return *bench.granted(1) - 100;
}

Cycles handed_over(const event_unit::Config& config) {
    Bench bench(config);
    bench.ask(1, kMutex);
    bench.run_to(200);
    bench.ask(2, kMutex);
    bench.run_to(300);
    CHECK_FALSE(bench.granted(2));
    bench.write(1, kMutex, 0x77);  // in cycle 300
    bench.run_to(500);
    REQUIRE(bench.granted(2));
    CHECK(bench.cores[2].data == 0x77);
    return *bench.granted(2) - 300;
}

Cycles dispatch(const event_unit::Config& config) {
    Bench bench(config);
    bench.write(0, kTeam, 0b0010);
    bench.write(0, kDispatch, 0x1234);
    bench.run_to(100);
    bench.ask(1, kDispatch);
    bench.run_to(300);
    REQUIRE(bench.granted(1));
    CHECK(bench.cores[1].data == 0x1234);
    return *bench.granted(1) - 100;
}

Cycles software_event(const event_unit::Config& config) {
    Bench bench(config);
    bench.ask(3, kEventWait);
    bench.run_to(100);
    bench.write(0, kSoftwareTrigger, 0b1000);
    bench.run_to(300);
    REQUIRE(bench.granted(3));
    return *bench.granted(3) - 100;
}

}  // namespace

TEMPLATE_TEST_CASE_SIG("a slower barrier wakes all cores later by what it is slower", "[latency]",
                       ((unsigned cycles), cycles), 2, 3, 17) {
    CHECK(barrier({.barrier_cycles = Cycles{cycles}}) == Cycles{cycles});
}

TEMPLATE_TEST_CASE_SIG("a slower mutex is given later", "[latency]", ((unsigned cycles), cycles), 1,
                       2, 30) {
    CHECK(mutex({.mutex_cycles = Cycles{cycles}}) == Cycles{cycles});
}

TEMPLATE_TEST_CASE_SIG("a slower mutex is handed over later, with its word", "[latency]",
                       ((unsigned cycles), cycles), 1, 2, 30) {
    CHECK(handed_over({.mutex_cycles = Cycles{cycles}}) == Cycles{cycles});
}

TEMPLATE_TEST_CASE_SIG("a slower dispatch FIFO gives the same word later", "[latency]",
                       ((unsigned cycles), cycles), 1, 2, 30) {
    CHECK(dispatch({.dispatch_cycles = Cycles{cycles}}) == Cycles{cycles});
}

TEMPLATE_TEST_CASE_SIG("a slower software event comes later", "[latency]",
                       ((unsigned cycles), cycles), 1, 2, 30) {
    CHECK(software_event({.software_event_cycles = Cycles{cycles}}) == Cycles{cycles});
}

TEST_CASE("slower barriers leave the other units alone", "[latency]") {
    CHECK(mutex({.barrier_cycles = 40}) == 1);
}

TEST_CASE("a barrier that is still on its way to the cores can be used again", "[latency]") {
    Bench bench({.barrier_cycles = 20});
    for (unsigned core = 0; core < Bench::kCores; ++core)
        bench.ask(core, kTriggerWaitClear);
    bench.run_to(100);
    for (unsigned core = 0; core < Bench::kCores; ++core) {
        CHECK(bench.granted(core));
        bench.ask(core, kTriggerWaitClear);
    }
    bench.run_to(200);

    for (unsigned core = 0; core < Bench::kCores; ++core)
        CHECK(bench.granted(core) == Cycles{120});
}

TEST_CASE("reset forgets events on their way", "[latency]") {
    Bench bench({.software_event_cycles = 50});
    bench.write(0, kSoftwareTrigger, 0b1000);
    bench.unit.reset();
    bench.write(3, kMask, line(0));
    bench.ask(3, kEventWait);
    bench.run_to(300);

    CHECK_FALSE(bench.granted(3));
}

TEST_CASE("events faster than the hardware's are refused", "[latency]") {
    ClockDomain clock;

    CHECK_THROWS_WITH(event_unit::EventUnit("unit", clock, {.barrier_cycles = 1}),
                      Catch::Contains("barrier_cycles = 1: must be at least 2"));
    CHECK_THROWS_WITH(event_unit::EventUnit("other", clock, {.mutex_cycles = 0}),
                      Catch::Contains("mutex_cycles = 0: must be at least 1"));
}
