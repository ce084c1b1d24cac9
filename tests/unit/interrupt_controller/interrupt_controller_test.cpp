// SPDX-License-Identifier: Apache-2.0
// Registers and order of interrupts: docs/spec/firmware_abi.md, section 7.3.
#include "interrupt_controller/interrupt_controller.hpp"

#include "support/bus_contract.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using flexv::interrupt_controller::InterruptController;
using flexv::test::BusMaster;

namespace {

constexpr Address kMask = 0x00, kMaskSet = 0x04, kMaskClr = 0x08, kStatus = 0x0c;
constexpr Address kStatusSet = 0x10, kStatusClr = 0x14, kAck = 0x18, kAckClr = 0x20, kFifo = 0x24;

/// The interrupt input of a core.
struct CoreInput final : InterruptTarget {
    void interrupt(Cycles cycle, bool asserted, unsigned id) override {
        since = cycle;
        is_asserted = asserted;
        line = id;
    }

    Cycles since = 0;
    bool is_asserted = false;
    unsigned line = 0;
};

struct Bench {
    explicit Bench(const InterruptController::Config& config = {})
        : controller("controller", clock, config) {
        master.out.bind(controller.bus_in);
        controller.interrupt_out(core);
        test::elaborate();
    }
    ClockDomain clock;
    InterruptController controller;
    BusMaster master{"master"};
    CoreInput core;
};

}  // namespace

TEST_CASE("a line that is not masked interrupts in the next cycle", "[itc]") {
    Bench bench;
    bench.master.write32(kMaskSet, 1 << 10);

    bench.controller.raise(10, 40);

    CHECK(bench.core.is_asserted);
    CHECK(bench.core.line == 10);
    CHECK(bench.core.since == 41);
}

TEST_CASE("a masked line stays pending and interrupts when it is unmasked", "[itc]") {
    Bench bench;
    bench.controller.raise(8, 1);

    CHECK_FALSE(bench.core.is_asserted);
    CHECK(bench.master.read32(kStatus) == 1 << 8);
    bench.master.write32(kMask, 1 << 8);
    CHECK(bench.core.is_asserted);
}

TEST_CASE("the highest line goes first, and its acknowledge clears it", "[itc]") {
    Bench bench;
    bench.master.write32(kMask, ~0U);
    bench.controller.raise(3, 1);
    bench.controller.raise(11, 1);

    CHECK(bench.core.line == 11);
    bench.controller.acknowledge(0, 11, 5);

    CHECK(bench.core.line == 3);
    CHECK(bench.master.read32(kStatus) == 1 << 3);
    CHECK(bench.master.read32(kAck) == 1 << 11);
    bench.master.write32(kAckClr, 1 << 11);
    CHECK(bench.master.read32(kAck) == 0);
}

TEST_CASE("software sets and clears pending lines", "[itc]") {
    Bench bench;
    bench.master.write32(kMask, 2);

    bench.master.write32(kStatusSet, 2);
    CHECK(bench.core.is_asserted);
    bench.master.write32(kStatusClr, 2);
    CHECK_FALSE(bench.core.is_asserted);
}

TEST_CASE("each acknowledge of line 26 takes one SoC event", "[itc]") {
    Bench bench;
    bench.controller.push_event(160, 1);
    bench.controller.push_event(3, 1);

    bench.controller.acknowledge(0, 26, 2);
    CHECK(bench.master.read32(kFifo) == 160);
    CHECK(bench.master.read32(kStatus) == 1U << 26);
    bench.controller.acknowledge(0, 26, 3);
    CHECK(bench.master.read32(kFifo) == 3);
    CHECK(bench.master.read32(kStatus) == 0);
}

TEST_CASE("a full event FIFO loses ids and says so", "[itc]") {
    Bench bench({.event_depth = 2});

    CHECK(bench.controller.push_event(1, 0));
    CHECK(bench.controller.push_event(2, 0));
    CHECK_FALSE(bench.controller.push_event(3, 0));
}

TEST_CASE("reset in mid-operation drops the interrupt and its events", "[itc]") {
    Bench bench;
    bench.master.write32(kMask, ~0U);
    bench.controller.push_event(1, 0);

    bench.controller.reset();

    CHECK_FALSE(bench.core.is_asserted);
    bench.controller.acknowledge(0, 26, 2);
    CHECK(bench.master.read32(kFifo) == 0);
}

TEST_CASE("the interrupt controller keeps the contract of every bus target", "[itc]") {
    Bench bench;

    test::check_bus_contract(bench.master, {.size_bytes = 0x800, .plain_offset = kMask},
                             bench.controller);
}
