// SPDX-License-Identifier: Apache-2.0
// Buffer, masks, waits and software events: docs/spec/cluster.md 5.1 to 5.4, 5.9, 5.11.
#include "event_unit_bench.hpp"

using namespace flexv;
using flexv::test::EventUnitBench;
using flexv::test::line;

namespace {

constexpr u32 kMask = 0x00, kMaskAnd = 0x04, kMaskOr = 0x08, kIrqMask = 0x0c, kClockStatus = 0x18;
constexpr u32 kBuffer = 0x1c, kBufferMasked = 0x20, kBufferIrqMasked = 0x24, kBufferClear = 0x28;
constexpr u32 kSwMask = 0x2c, kWait = 0x38, kWaitClear = 0x3c;
constexpr u32 kSwTrigger = 0x100, kSwTriggerWait = 0x140, kSwTriggerWaitClear = 0x180;
constexpr u32 kGlobalCore = 0x40;  // bytes per core in the global view

}  // namespace

TEST_CASE("masks are written whole, and bits are set and cleared", "[event_unit]") {
    EventUnitBench bench;

    bench.write(0, kMask, 0xff00);
    bench.write(0, kMaskOr, 0x00f0);
    bench.write(0, kMaskAnd, 0x0f00);

    CHECK(bench.read(0, kMask) == 0xf0f0);
    CHECK(bench.read(1, kMask) == 0);
    CHECK(bench.bus.read32(0 * kGlobalCore + kMask) == 0xf0f0);
}

TEST_CASE("the buffer keeps events until they are cleared, masked or not", "[event_unit]") {
    EventUnitBench bench;
    bench.write(2, kMask, line(8));
    bench.write(2, kIrqMask, line(9));

    bench.unit.event(2, 8, bench.now());
    bench.unit.event(2, 9, bench.now());
    bench.step();

    CHECK(bench.read(2, kBuffer) == (line(8) | line(9)));
    CHECK(bench.read(2, kBufferMasked) == line(8));
    CHECK(bench.read(2, kBufferIrqMasked) == line(9));
    bench.write(2, kBufferClear, line(8));
    CHECK(bench.read(2, kBuffer) == line(9));
    CHECK(bench.read(0, kBuffer) == 0);
}

TEST_CASE("a wait sleeps until a masked event is buffered", "[event_unit]") {
    EventUnitBench bench;
    bench.write(1, kMask, line(8));
    bench.ask(1, kWait);

    bench.run_to(50);
    bench.unit.event(1, 9, 50);  // not in the mask
    bench.run_to(60);
    CHECK_FALSE(bench.granted(1));
    bench.unit.event(1, 8, 60);
    bench.run_to(70);

    CHECK(bench.granted(1) == Cycles{61});
    CHECK(bench.cores[1].data == line(8));
    CHECK(bench.read(1, kBuffer) == (line(8) | line(9)));
}

TEST_CASE("a clearing wait takes all masked bits, and only those", "[event_unit]") {
    EventUnitBench bench;
    bench.write(1, kMask, line(8) | line(10));
    bench.unit.event(1, 8, bench.now());
    bench.unit.event(1, 9, bench.now());
    bench.unit.event(1, 10, bench.now());
    bench.step();

    bench.ask(1, kWaitClear);
    CHECK(bench.granted(1) == bench.now());
    CHECK(bench.cores[1].data == (line(8) | line(10)));
    bench.run_to(bench.now() + 2);

    CHECK(bench.read(1, kBuffer) == line(9));
}

TEST_CASE("the access behind a clearing wait is one cycle late", "[event_unit]") {
    EventUnitBench bench;
    bench.write(1, kMask, line(8));
    bench.unit.event(1, 8, bench.now());
    bench.step();
    const Cycles granted = bench.now();
    bench.ask(1, kWaitClear);
    bench.step();

    bench.ask(1, kBuffer, false);
    CHECK_FALSE(bench.granted(1));
    bench.run_to(granted + 10);

    CHECK(bench.granted(1) == granted + 2);
}

TEST_CASE("an ordinary load of a waiting register stalls too, but the clock stays on",
          "[event_unit]") {
    EventUnitBench bench;
    bench.write(0, kMask, line(0));
    bench.write(1, kMask, line(0));
    bench.ask(0, kWait, true);
    bench.ask(1, kWait, false);
    bench.run_to(bench.now() + 20);

    CHECK(bench.bus.read32(0 * kGlobalCore + kClockStatus) == 0);
    CHECK(bench.bus.read32(1 * kGlobalCore + kClockStatus) == 1);
    bench.unit.event_all(0, bench.now());
    bench.run_to(bench.now() + 5);
    CHECK(bench.granted(0));
    CHECK(bench.granted(1));
    CHECK(bench.bus.read32(0 * kGlobalCore + kClockStatus) == 1);
}

TEST_CASE("a level sets its bit again for as long as it is high", "[event_unit]") {
    EventUnitBench bench;
    bench.unit.level(10, true, bench.now());
    bench.run_to(bench.now() + 3);
    bench.write(3, kBufferClear, line(10));
    bench.step();
    CHECK(bench.read(3, kBuffer) == line(10));

    bench.unit.level(10, false, bench.now());
    bench.step();
    bench.write(3, kBufferClear, line(10));
    bench.step();

    CHECK(bench.read(3, kBuffer) == 0);
}

TEST_CASE("a software event reaches the cores that are written, 0 all of them", "[event_unit]") {
    EventUnitBench bench;

    bench.write(0, kSwTrigger + 4 * 3, 0b0110);
    bench.step();
    CHECK(bench.read(1, kBuffer) == line(3));
    CHECK(bench.read(2, kBuffer) == line(3));
    CHECK(bench.read(3, kBuffer) == 0);

    bench.bus.write32(0x600 + 4 * 5, 0);
    bench.run_to(bench.now() + 2);
    for (unsigned core = 0; core < EventUnitBench::kCores; ++core)
        CHECK((bench.read(core, kBuffer) & line(5)) != 0);
}

TEST_CASE("the wait forms of a software event trigger once and then wait", "[event_unit]") {
    EventUnitBench bench;
    bench.write(0, kSwMask, 0b0010);
    bench.write(0, kMask, line(7));
    bench.write(1, kMask, line(2));

    bench.ask(0, kSwTriggerWait + 4 * 2);
    bench.run_to(bench.now() + 10);
    CHECK_FALSE(bench.granted(0));
    CHECK(bench.read(1, kBuffer) == line(2));
    CHECK(bench.read(2, kBuffer) == 0);
    bench.unit.event(0, 7, bench.now());
    bench.run_to(bench.now() + 3);
    CHECK(bench.cores[0].data == line(7));

    bench.ask(0, kSwTriggerWaitClear + 4 * 1);
    CHECK(bench.granted(0) == bench.now());  // line 7 is still buffered
    bench.run_to(bench.now() + 3);
    CHECK(bench.read(0, kBuffer) == 0);
    CHECK(bench.read(1, kBuffer) == (line(1) | line(2)));
}

TEST_CASE("the global view shows and changes every core", "[event_unit]") {
    EventUnitBench bench;

    bench.bus.write32(3 * kGlobalCore + kMaskOr, line(4));
    bench.bus.write32(3 * kGlobalCore + kIrqMask, line(5));

    CHECK(bench.read(3, kMask) == line(4));
    CHECK(bench.read(3, kIrqMask) == line(5));
}

TEST_CASE("addresses without a register read the masked buffer and lose writes", "[event_unit]") {
    EventUnitBench bench;
    bench.write(0, kMask, line(8));
    bench.unit.event(0, 8, bench.now());
    bench.step();

    bench.write(0, 0x60, ~0U);

    CHECK(bench.read(0, 0x60) == line(8));
    CHECK(bench.read(0, kSwTrigger) == line(8));
}

TEST_CASE("the deadlock report names the line that a core waits for", "[event_unit]") {
    EventUnitBench bench;
    bench.write(0, kMask, line(8) | line(17));
    bench.ask(0, kWait);

    CHECK(bench.unit.core_in->waits_for(bench.cores[0]) ==
          "event on lines 8 (DMA event), 17 (mutex) (buffer 0x00000000)");
    bench.ask(1, kWait);
    CHECK(bench.unit.core_in->waits_for(bench.cores[1]).find("EVT_MASK is 0") != std::string::npos);
}

TEST_CASE("reset in mid-operation forgets masks, events and waiting reads", "[event_unit]") {
    EventUnitBench bench;
    bench.write(0, kMask, line(8));
    bench.ask(0, kWait);

    bench.unit.reset();
    bench.unit.event(0, 8, bench.now());
    bench.run_to(bench.now() + 5);

    CHECK_FALSE(bench.granted(0));
    CHECK(bench.bus.read32(kMask) == 0);
}

TEST_CASE("the event unit keeps the contract of every bus target", "[event_unit]") {
    EventUnitBench bench;

    test::check_bus_contract(bench.bus, {.size_bytes = 0x800, .plain_offset = kMask}, bench.unit);
}
