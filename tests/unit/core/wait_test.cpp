// SPDX-License-Identifier: Apache-2.0
// Waits of a core: what is told of them, and that booking one in parts changes nothing. The numbers
// of the undivided waits are those of docs/spec/timing.md, section 4.
#include "support/core_bench.hpp"

using namespace flexv;
using test::CoreBench;

namespace {

struct Wait {
    bool is_asleep = false;
    Cycles from = 0;
    Cycles to = 0;

    friend bool operator==(const Wait&, const Wait&) = default;
};
using Waits = std::vector<Wait>;

/// A bench whose waits are recorded.
struct Recorder : CoreBench {
    Waits waits;

    Recorder() {
        core.probes.wait.attach([this](const core::CoreWait& wait) {
            waits.push_back({wait.is_asleep, wait.from, wait.to});
        });
    }
    /// Runs `lines` and then spins; all waits that are open at a cycle of `parts` are booked there.
    void run_in_parts(std::vector<std::string> lines, const std::vector<Cycles>& parts) {
        lines.emplace_back("beq x0, x0, 0");
        put(kEntry, lines);
        core.start(kEntry, 0);
        for (const Cycles end : parts) {
            clock.timeline.run_until(end);
            core.settle_part(end);
        }
        clock.timeline.run_until(200);
    }
};

const std::vector<std::string> kDeviceLoad = {"lui t1, 0x10204", "lw t0, 0x400(t1)"};
const std::vector<std::string> kEventLoad = {"lui t1, 0x10204", "p.elw t0, 0x3c(t1)"};

/// wfi, and an interrupt line that rises in cycle 60; returns the cycles asleep.
Cycles sleep_of(Recorder& bench, bool is_divided) {
    bench.put(CoreBench::kEntry, {"wfi", "beq x0, x0, 0"});
    bench.core.start(CoreBench::kEntry, 0);
    for (Cycles end = 1; end <= 60; ++end) {
        bench.clock.timeline.run_until(end);
        if (is_divided)
            bench.core.settle_part(end);
    }
    bench.core.interrupt(60, true, 3);
    bench.clock.timeline.run_until(200);
    return bench.core.sleep_cycles();
}

constexpr Cycles kSleepUntilCycle60 = 55;  // in EX at 0, asleep from 6 on, awake 3 cycles before 64

}  // namespace

TEST_CASE("a wait for a device is told when it ends", "[core][wait]") {
    Recorder bench;
    bench.dma.delay = 10;

    bench.run_in_parts(kDeviceLoad, {});

    CHECK(bench.waits == Waits{{false, 1, 11}});
    CHECK(bench.core.stall_cycles(core::Stall::dma) == 10);
}

TEST_CASE("a wait that is booked in parts adds up to the same", "[core][wait]") {
    Recorder bench;
    bench.dma.delay = 10;

    bench.run_in_parts(kDeviceLoad, {4, 5, 9});

    CHECK(bench.waits == Waits{{false, 1, 4}, {false, 4, 5}, {false, 5, 9}, {false, 9, 11}});
    CHECK(bench.core.stall_cycles(core::Stall::dma) == 10);
}

TEST_CASE("a sleeping load is awake for its first cycles only", "[core][wait]") {
    Recorder bench;
    bench.event_unit.delay = 20;

    bench.run_in_parts(kEventLoad, {});

    CHECK(bench.waits == Waits{{false, 1, 5}, {true, 5, 21}});
    CHECK(bench.core.stall_cycles(core::Stall::event_unit) == 4);
    CHECK(bench.core.sleep_cycles() == 16);
}

TEST_CASE("a sleeping load that is booked in parts falls asleep once", "[core][wait]") {
    Recorder bench;
    bench.event_unit.delay = 20;

    bench.run_in_parts(kEventLoad, {3, 8, 20});

    CHECK(bench.waits ==
          Waits{{false, 1, 3}, {false, 3, 5}, {true, 5, 8}, {true, 8, 20}, {true, 20, 21}});
    CHECK(bench.core.stall_cycles(core::Stall::event_unit) == 4);
    CHECK(bench.core.sleep_cycles() == 16);
}

TEST_CASE("wfi sleeps until the wake-up", "[core][wait]") {
    Recorder bench;
    CHECK(sleep_of(bench, false) == kSleepUntilCycle60);
}

TEST_CASE("wfi that is booked cycle by cycle sleeps as long", "[core][wait]") {
    Recorder bench;
    CHECK(sleep_of(bench, true) == kSleepUntilCycle60);
}

TEST_CASE("nothing is told of an access that is granted at once", "[core][wait]") {
    Recorder bench;

    bench.run_in_parts({"lui t1, 0x10000", "lw t0, 0x100(t1)"}, {1, 2, 3});

    CHECK(bench.waits.empty());
}
