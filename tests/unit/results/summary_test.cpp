// SPDX-License-Identifier: Apache-2.0
#include "platform/results/summary.hpp"

#include "platform/results/terminal_table.hpp"
#include "unit/results/sample_run.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace flexv;
using namespace flexv::platform;
using namespace flexv::platform::test;
using Catch::Contains;

TEST_CASE("the summary shows outcome, regions, stalls and energy", "[report][summary]") {
    const std::string text = summary(sample_run());

    CHECK_THAT(text, Contains("exit 0 after 1,000 cycles (10.00 us at 100 MHz)"));
    CHECK_THAT(text, Contains("conv") && Contains("15.00"));
    CHECK_THAT(text, Contains("load_use") && Contains("20.0 %") && Contains("cluster.core0"));
    CHECK_THAT(text, Contains("core* (2)") && Contains("75.0 %"));
    CHECK_THAT(text, Contains("l2, not in the total"));
    CHECK_THAT(text, Contains("published 0.0 %, derived 25.0 %, assumed 75.0 %"));
    CHECK_THAT(text, Contains("unpriced: 5 counters"));
}

TEST_CASE("power and efficiency stand under their profile and operating point",
          "[report][summary]") {
    const std::string text = summary(sample_run());

    CHECK_THAT(text, Contains("Regions (sample, 1 V, 100 MHz; "));
    CHECK_THAT(text, Contains("Energy (sample, 1 V, 100 MHz)"));
}

TEST_CASE("no line of the summary is longer than a terminal", "[report][summary]") {
    RunResult run = sample_run();
    run.cycles = Cycles{1'000'000'000'000};
    run.regions[0].region.name = std::string(120, 'n');
    run.regions[0].region.cycles = Cycles{999'999'999'999};
    run.harts[0].name = std::string(120, 'h');
    set_clock(run, {.vdd = 2.5, .mhz = 463.25});
    price_run(run, sample_profile(), "sample.json");

    std::istringstream lines(summary(run));
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(line.size() <= TerminalTable::kMaxWidth);
    }
}

TEST_CASE("what is extrapolated stands beside a larger uncertainty", "[report][summary]") {
    RunResult run = sample_run();
    CHECK_THAT(summary(run), Contains("uncertain by +-10 % (totals) and +-30 % (components)") &&
                                 !Contains("extrapolated"));
    run.architecture = {{"cores", u64{8}}};
    price_run(run, sample_profile(), "sample.json");

    const std::string text = summary(run);

    CHECK_THAT(text, Contains("Regions (sample, 1 V, 100 MHz; energy, mW and TOPS/W +-14.1 %)"));
    CHECK_THAT(text, Contains("uncertain by +-14.1 % (totals) and +-42.4 % (components)"));
    CHECK_THAT(text, Contains("extrapolated by laws of size: cores 8 instead of 2\n"));
}

TEST_CASE("a clamped exit code is shown signed and unsigned, and warnings follow",
          "[report][summary]") {
    RunResult run = sample_run();
    run.exit_code = 0xffff'ffff;
    run.warnings = {"region 1 is odd"};

    CHECK_THAT(summary(run), Contains("exit -1 (4294967295 unsigned), status 99, after") &&
                                 Contains("\nwarning: region 1 is odd\n"));
}

TEST_CASE("an outcome other than exit is named", "[report][summary]") {
    RunResult run = sample_run();
    run.outcome = Outcome::deadlock;

    CHECK_THAT(summary(run), Contains("deadlock after 1,000 cycles"));
}
