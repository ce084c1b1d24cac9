// SPDX-License-Identifier: Apache-2.0
// Power over time: windows, the file that holds them, and what the wave shows of them.
#include "platform/probes/power_meter.hpp"

#include "base/error.hpp"
#include "platform/files/output_file.hpp"
#include "platform/probes/power_trace.hpp"
#include "support/scratch_folder.hpp"
#include "unit/results/sample_run.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::platform;
using namespace flexv::platform::test;

namespace {

/// A meter over the counters of sample_run(), which the test sets.
struct Bench {
    const RunResult run = sample_run();
    const energy::Profile profile = sample_profile();
    energy::PriceList prices{profile, run.clock, run.architecture, run.counter_paths};
    energy::Counts now = energy::Counts(run.counts.size());
    energy::ClockHistory clocks{run.clock.mhz};
    PowerMeter meter{prices, clocks, [this] { return now; }};
    std::vector<PowerWindow> windows;

    Bench() {
        meter.window_probe.attach([this](const PowerWindow& window) { windows.push_back(window); });
    }
    void count_macs(u64 macs) { now[3] += macs; }
};

}  // namespace

TEST_CASE("a window is charged with what was counted in it and with its length", "[power]") {
    Bench bench;
    bench.count_macs(10);

    bench.meter.close(100);
    bench.count_macs(4);
    bench.meter.close(150);

    REQUIRE(bench.windows.size() == 2);
    CHECK(bench.windows[0].bill.total == 10 * 500'000 + 100 * 1'000'000);
    CHECK(bench.windows[1].begin == 100);
    CHECK(bench.windows[1].end == 150);
    CHECK(bench.windows[1].bill.total == 4 * 500'000 + 50 * 1'000'000);
}

TEST_CASE("windows together cost what the run costs", "[power][law]") {
    Bench bench;
    for (Cycles end = 30; end < 1000; end += 70) {
        bench.count_macs(u64(end));
        bench.meter.close(end);
    }
    bench.meter.close(1000);

    u64 sum = 0;
    for (const PowerWindow& window : bench.windows)
        sum += window.bill.total;
    CHECK(sum == bench.prices.price(bench.now, 1000).total);
}

TEST_CASE("a window in which the clock changes is priced by its parts", "[power][law]") {
    Bench bench;
    bench.prices.add_clock(bench.profile, 50);
    bench.clocks.change(130, 50);  // 0.1 mW: 1 pJ per cycle of 10 ns, 2 pJ per cycle of 20 ns

    for (Cycles end = 100; end <= 300; end += 100)
        bench.meter.close(end);

    REQUIRE(bench.windows.size() == 3);
    CHECK(bench.windows[0].bill.total == 100 * 1'000'000);
    CHECK(bench.windows[1].bill.total == 30 * 1'000'000 + 70 * 2'000'000);
    CHECK(bench.windows[2].bill.total == 100 * 2'000'000);
    CHECK(bench.windows[1].begin_ns == 1000.0);
    CHECK(bench.windows[2].begin_ns == 1000.0 + 300 + 1400);
    CHECK(bench.windows[1].mhz == Approx(100 * 1000 / 1700.0));
    for (const PowerWindow& window : bench.windows)  // nothing is counted: leakage alone
        CHECK(window.mean_mw(window.bill.total) == Approx(0.1));
    CHECK(bench.windows[0].bill.total + bench.windows[1].bill.total + bench.windows[2].bill.total ==
          bench.prices.price(bench.now, bench.clocks.between(0, 300)).total);
}

TEST_CASE("what is counted in no time at all is not lost", "[power]") {
    Bench bench;

    bench.meter.close(100);
    bench.meter.close(100);
    CHECK(bench.windows.size() == 1);
    bench.count_macs(1);
    bench.meter.close(100);

    REQUIRE(bench.windows.size() == 2);
    CHECK(bench.windows[1].cycles() == 0);
    CHECK(bench.windows[1].bill.total == 500'000);
}

TEST_CASE("the peak is the window that needed most, a short last one left out", "[power]") {
    Bench bench;
    bench.meter.close(100);
    bench.count_macs(50);
    bench.meter.close(200);
    bench.count_macs(60);
    bench.meter.close(210);

    CHECK(bench.meter.peak().cycles == 100);
    CHECK(bench.meter.peak().mw == Approx((50 * 0.5 + 100 * 1.0) * 1e-3));  // pJ in 1 us
}

TEST_CASE("the power trace has one line per window and exact picojoule", "[power]") {
    const flexv::test::ScratchFolder folder;
    Bench bench;
    OutputFile file("--power-trace", folder.file("power.csv"));
    PowerTrace trace(file, bench.meter.components());
    bench.meter.window_probe.attach([&trace](const PowerWindow& window) { trace.add(window); });
    bench.count_macs(3);

    bench.meter.close(100);
    bench.meter.close(150);
    file.commit();

    CHECK(folder.read("power.csv") ==
          "begin_cycle,end_cycle,begin_ns,mean_mw,total_pj,cluster.core0_pj,cluster.core1_pj,"
          "cluster.leakage_pj\n"
          "0,100,0.000,0.101500,101.500000,1.500000,0.000000,100.000000\n"
          "100,150,1000.000,0.100000,50.000000,0.000000,0.000000,50.000000\n");
}

TEST_CASE("what others count and cost stands behind the cluster, in none of its sums", "[power]") {
    const flexv::test::ScratchFolder folder;
    Bench bench;
    bench.meter.show_others({"outside.camera.frames"}, {"cluster.core0.active_cycles"});
    CHECK(bench.meter.others().counters.empty());  // of another platform
    OutputFile file("--power-trace", folder.file("power.csv"));
    PowerTrace trace(file, {"cluster.core0"},
                     {.prices = {{.name = "outside.camera", .index = 0}},
                      .counters = {{.name = "outside.camera.frames", .index = 1}}});

    trace.add({.begin = 0,
               .end = 100,
               .mhz = 100,
               .bill = {.total = 1'000'000,
                        .components = {{"cluster.core0", 1'000'000}},
                        .outside = {{"camera", 7'500'000}},
                        .items = {},
                        .by_origin = {}},
               .counts = {9, 3}});
    file.commit();

    CHECK(folder.read("power.csv") ==
          "begin_cycle,end_cycle,begin_ns,mean_mw,total_pj,cluster.core0_pj,outside.camera_pj,"
          "outside.camera.frames\n"
          "0,100,0.000,0.001000,1.000000,1.000000,7.500000,3\n");
}
