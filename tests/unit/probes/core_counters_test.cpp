// SPDX-License-Identifier: Apache-2.0
// The counters that results are made of, in a list that is small enough to read and in that of a
// whole platform.
#include "platform/probes/core_counters.hpp"

#include "platform/system/soc.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::platform;

TEST_CASE("a core is found by what it counts", "[probes][counters]") {
    const std::vector<std::string> paths = {"fc.instructions", "fc.jump_stalls",
                                            "cluster.core0.instructions", "cluster.core0.macs",
                                            "cluster.dma.macs"};

    const std::vector<CoreCounters> cores = core_counters(paths);

    REQUIRE(cores.size() == 2);
    CHECK(cores[0].core() == "fc");
    CHECK(cores[1].core() == "cluster.core0");
    CHECK(cores[1].place_of(CoreCounter::macs) == 3);
    CHECK_FALSE(cores[0].counts_it(CoreCounter::macs));
    CHECK(cores[0].stalls() == std::vector<std::pair<std::string, std::size_t>>{{"jump", 1}});
}

TEST_CASE("what a core does not count is 0, and sums are of cores alone", "[probes][counters]") {
    const std::vector<CoreCounters> cores =
        core_counters({"a.instructions", "a.macs", "b.instructions", "dma.macs"});

    CHECK(cores[0].count(CoreCounter::macs, {1, 10, 100, 1000}) == 10);
    CHECK(cores[1].count(CoreCounter::macs, {1, 10, 100, 1000}) == 0);
    CHECK(total_of(CoreCounter::macs, cores, {1, 10, 100, 1000}) == 10);
    CHECK(total_of(CoreCounter::instructions, cores, {1, 10, 100, 1000}) == 101);
}

TEST_CASE("every core of a platform counts all that results are made of", "[probes][counters]") {
    Configuration configuration;
    configuration.soc.boot = Boot::fabric_controller;
    const Soc soc("soc", configuration);

    const std::vector<CoreCounters> cores = core_counters(energy::CounterSet(soc).paths());

    REQUIRE(cores.size() == soc.cores().size());
    for (const CoreCounters& core : cores) {
        CHECK_FALSE(core.stalls().empty());
        for (std::size_t counter = 0; counter < kCoreCounters; ++counter) {
            CAPTURE(core.core(), name_of(CoreCounter(counter)));
            CHECK(core.counts_it(CoreCounter(counter)));
        }
    }
}
