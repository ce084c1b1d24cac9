// SPDX-License-Identifier: Apache-2.0
// Interrupts of the cores, and what they do to a sleeping read: docs/spec/cluster.md 5.3, 5.8.
#include "event_unit_bench.hpp"

#include <algorithm>

using namespace flexv;
using flexv::test::EventUnitBench;
using flexv::test::line;

namespace {

constexpr u32 kMask = 0x00, kIrqMask = 0x0c;
constexpr u32 kBuffer = 0x1c, kWaitClear = 0x3c, kStatus = 0x204, kTriggerWaitClear = 0x21c;

}  // namespace

TEST_CASE("the highest buffered line of the mask interrupts one cycle after it is buffered",
          "[interrupts]") {
    EventUnitBench bench;
    bench.write(1, kIrqMask, line(8) | line(10));

    bench.unit.event(1, 8, 50);
    bench.unit.event(1, 10, 50);
    bench.run_to(60);

    CHECK(bench.inputs[1].is_asserted);
    CHECK(bench.inputs[1].id == 10);
    CHECK(bench.inputs[1].since == 52);
    CHECK_FALSE(bench.inputs[0].is_asserted);
}

TEST_CASE("the acknowledge clears the line, and the next one follows", "[interrupts]") {
    EventUnitBench bench;
    bench.write(1, kIrqMask, line(8) | line(10));
    bench.unit.event(1, 8, 50);
    bench.unit.event(1, 10, 50);
    bench.run_to(60);

    bench.unit.acknowledge(1, 10, 60);
    bench.run_to(70);

    CHECK(bench.inputs[1].is_asserted);
    CHECK(bench.inputs[1].id == 8);
    CHECK(bench.read(1, kBuffer) == line(8));
}

TEST_CASE("a pending interrupt lets a sleeping read fall through and clears nothing",
          "[interrupts]") {
    EventUnitBench bench;
    bench.write(0, kMask, line(16));
    bench.write(0, kIrqMask, line(9));
    bench.write(0, 0x200, 0b0011);
    bench.write(0, 0x20c, 0b0011);
    bench.ask(0, kTriggerWaitClear);
    bench.run_to(50);

    bench.unit.event(0, 9, 50);
    bench.run_to(60);

    CHECK(bench.granted(0) == Cycles{52});
    CHECK(bench.cores[0].data == 0);
    CHECK(bench.read(0, kBuffer) == line(9));
}

TEST_CASE("the replay of an interrupted barrier read does not arrive twice", "[interrupts]") {
    EventUnitBench bench;
    bench.write(0, kMask, line(16));
    bench.write(0, kIrqMask, line(9));
    bench.write(0, 0x200, 0b0011);
    bench.write(0, 0x20c, 0b0011);
    bench.ask(0, kTriggerWaitClear);
    bench.run_to(50);
    bench.unit.event(0, 9, 50);
    bench.run_to(60);
    bench.unit.acknowledge(0, 9, 60);
    bench.run_to(70);

    bench.ask(0, kTriggerWaitClear);
    bench.run_to(80);
    CHECK_FALSE(bench.granted(0));
    CHECK(bench.unit.counters().size() > 2);
    CHECK(bench.bus.read32(0x404) == 0b0001);
    bench.write(1, 0x210, 0b0010);
    bench.run_to(90);

    CHECK(bench.granted(0));
    CHECK(bench.read(1, kStatus) == 0);
}

TEST_CASE("an interrupt that is pending already wins over a buffered event", "[interrupts]") {
    EventUnitBench bench;
    bench.write(0, kMask, line(8));
    bench.write(0, kIrqMask, line(9));
    bench.unit.event(0, 8, bench.now());
    bench.unit.event(0, 9, bench.now());
    bench.step();

    const Cycles asked = bench.now();
    bench.ask(0, kWaitClear);
    bench.run_to(asked + 5);

    CHECK(bench.granted(0) == asked + 1);
    CHECK(bench.read(0, kBuffer) == (line(8) | line(9)));
}

TEST_CASE("an interrupt at any phase of a sleeping read is told in its cycle and the next",
          "[interrupts]") {
    EventUnitBench bench;
    for (Cycles phase = 0; phase < 30; ++phase) {
        bench.unit.reset();
        bench.write(0, kMask, line(3));
        bench.write(0, kIrqMask, line(9));
        const Cycles asked = bench.now() + 10;
        const Cycles pulse = bench.now() + phase;
        bench.unit.event(0, 9, pulse);

        bench.run_to(asked);
        bench.ask(0, kWaitClear);
        bench.run_to(asked + 40);

        // docs/spec/state_machines.md 1.2: g = max(t + 2, r + 1), and the line is high behind it
        CHECK(bench.granted(0) == std::max(pulse + 2, asked + 1));
        CHECK(bench.inputs[0].since <= *bench.granted(0) + 1);
        CHECK(bench.inputs[0].is_asserted);
    }
}

TEST_CASE("a read that starts behind an interrupted one falls through at once", "[interrupts]") {
    EventUnitBench bench;  // state IRQ_WHILE_SLEEP outlives the read
    bench.write(0, kMask, line(3));
    bench.write(0, kIrqMask, line(9));
    bench.unit.event(0, 9, bench.now());
    bench.ask(0, kWaitClear);
    bench.run_to(bench.now() + 10);
    REQUIRE(bench.granted(0));

    const Cycles asked = bench.now();
    bench.ask(0, kWaitClear);

    CHECK(bench.granted(0) == asked);
}

TEST_CASE("a replay that has fallen asleep again is let through one cycle later", "[interrupts]") {
    EventUnitBench bench;
    for (Cycles wait = 1; wait < 10; ++wait) {
        bench.unit.reset();
        bench.write(0, kMask, line(3));
        bench.write(0, kIrqMask, line(9));
        bench.unit.event(0, 9, bench.now());
        bench.ask(0, kWaitClear);
        bench.run_to(bench.now() + 10);
        bench.unit.acknowledge(0, 9, bench.now());
        bench.run_to(bench.now() + 10);

        const Cycles asked = bench.now();
        bench.ask(0, kWaitClear);
        bench.unit.event(0, 9, asked + wait - 1);  // buffered `wait` cycles behind the request
        bench.run_to(asked + 30);

        constexpr Cycles kToSleep = event_unit::CoreUnit::kCyclesToSleep;
        CHECK(bench.granted(0) == asked + wait + Cycles{wait >= kToSleep ? 1U : 0U});
    }
}

TEST_CASE("between an interrupted read and its replay nothing is triggered", "[interrupts]") {
    EventUnitBench bench;
    constexpr u32 kTriggerSelf = 0x214;
    bench.write(0, kMask, line(3));
    bench.write(0, kIrqMask, line(9));
    bench.write(0, 0x200, 0b0011);
    bench.unit.event(0, 9, bench.now());
    bench.ask(0, kWaitClear);
    bench.run_to(bench.now() + 10);
    bench.unit.acknowledge(0, 9, bench.now());
    bench.run_to(bench.now() + 10);

    (void)bench.read(0, kTriggerSelf);
    CHECK(bench.read(0, kStatus) == 0);
    bench.unit.event(0, 3, bench.now());
    bench.ask(0, kWaitClear);
    bench.run_to(bench.now() + 10);
    (void)bench.read(0, kTriggerSelf);

    CHECK(bench.read(0, kStatus) == 0b0001);
}
