// SPDX-License-Identifier: Apache-2.0
// Other widths and depths of the data path than the hardware's: what a long transfer costs.
#include "dma_bench.hpp"

#include "base/error.hpp"

#include <catch2/catch.hpp>

namespace flexv::dma {
namespace {

constexpr u32 kLong = 16384;

/// Cycles from the first access to the event of one transfer, TCDM and external address aligned.
Cycles cycles_of(Bench& bench, bool is_receive, u32 bytes) {
    bench.reset();
    bench.program(0, 1,
                  {{.length_bytes = bytes,
                    .is_receive = is_receive,
                    .raises_event = true,
                    .tcdm = 0x1000'1000,
                    .external = 0x2'0000}});
    REQUIRE(bench.run());
    REQUIRE(bench.pulses.size() == 1);
    return bench.pulses[0].cycle;
}

/// The same for each byte more, so that what a transfer costs once does not count.
double cycles_per_byte(Bench& bench, bool is_receive, Cycles latency) {
    bench.memory.latency_cycles = latency;
    const Cycles half = cycles_of(bench, is_receive, kLong / 2);
    return double(cycles_of(bench, is_receive, kLong) - half) / (kLong / 2);
}

}  // namespace

TEMPLATE_TEST_CASE_SIG("a long transfer has the pace of the bus or of a narrower memory",
                       "[dma][path]", ((u32 bus, u32 target), bus, target), (4, 16), (8, 16),
                       (16, 16), (8, 4), (16, 4), (16, 8), (8, 8)) {
    Bench bench({.bus_bytes = bus, .target_bytes = target});

    for (const bool is_receive : {true, false}) {
        CAPTURE(is_receive);
        const double cycles_per_burst = 256 * cycles_per_byte(bench, is_receive, 4);
        CHECK(cycles_per_burst >= 256.0 / std::min(bus, target));
        CHECK(cycles_per_burst <= 256.0 / std::min(bus, target) + 4);  // between two bursts
    }
}

TEST_CASE("one burst in flight does not hide the way to the memory", "[dma][path]") {
    Bench bench({.outstanding_bursts = 1});

    const double pace = cycles_per_byte(bench, true, 200);
    CHECK(pace > 200.0 / 256);  // a burst of 256 bytes a round trip
    CHECK(pace < 260.0 / 256);
}

TEST_CASE("two bursts in flight hide half of it", "[dma][path]") {
    Bench bench({.outstanding_bursts = 2});

    const double pace = cycles_per_byte(bench, true, 200);
    CHECK(pace > 100.0 / 256);
    CHECK(pace < 130.0 / 256);
}

TEST_CASE("sixteen bursts in flight hide more than the hardware's eight", "[dma][path]") {
    Bench bench({.outstanding_bursts = 16});

    CHECK(cycles_per_byte(bench, true, 400) == Approx(1.0 / 8).epsilon(0.1));
}

TEST_CASE("eight bursts in flight cover 256 cycles and no more", "[dma][path]") {
    Bench bench;

    CHECK(cycles_per_byte(bench, true, 200) == Approx(1.0 / 8).epsilon(0.1));
    CHECK(cycles_per_byte(bench, true, 400) > 1.3 / 8);
}

TEST_CASE("a wider bus has more ports at the TCDM", "[dma][path]") {
    CHECK(Mchan::Config{.bus_bytes = 4}.tcdm_ports() == 2);
    CHECK(Mchan::Config{}.tcdm_ports() == 4);
    CHECK(Mchan::Config{.bus_bytes = 16}.tcdm_ports() == 8);
}

TEST_CASE("paths that cannot be built are refused", "[dma][path]") {
    ClockDomain clock;
    const auto made = [&clock](const char* name, const Mchan::Config& config) {
        const Mchan dma(name, clock, config);
    };

    CHECK_THROWS_WITH(made("a", {.bus_bytes = 12}),
                      Catch::Contains("bus_bytes = 12: must be 4, 8 or 16"));
    CHECK_THROWS_WITH(made("b", {.outstanding_bursts = 0}), Catch::Contains("must be 1 to 16"));
    CHECK_THROWS_WITH(made("c", {.outstanding_bursts = 17}), Catch::Contains("must be 1 to 16"));
    CHECK_THROWS_WITH(made("d", {.target_bytes = 0}), Catch::Contains("target_bytes"));
}

}  // namespace flexv::dma
