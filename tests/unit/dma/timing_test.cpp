// SPDX-License-Identifier: Apache-2.0
// The rows of reference/timing/dma_cycles.csv at the DMA's own ports: what the harts do is
// replayed cycle by cycle, so the numbers are exact ones.
#include "dma_bench.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace flexv::dma {
namespace {

constexpr Address kTcdm = 0x1000'1000;
constexpr Address kFar = 0x2'0000;

Command transfer(bool is_receive, u32 bytes, Address external = kFar) {
    return {.length_bytes = bytes,
            .is_receive = is_receive,
            .raises_event = true,
            .tcdm = kTcdm,
            .external = external};
}

/// Cycles of the region: start marker in cycle 0, allocate, 3 stores, p.elw (granted one cycle
/// after the event, 4 cycles), free, stop marker.
Cycles region(Bench& bench, Cycles latency, const Command& command) {
    bench.reset();
    bench.memory.latency_cycles = latency;
    bench.program(0, 1, {command});
    REQUIRE(bench.run());
    REQUIRE(bench.pulses.size() == 1);
    return bench.pulses[0].cycle + 1 + 4 + 1;
}

/// Region that ends with a polling loop of 6 cycles (load, stall, andi, taken bne) whose last round
/// takes 4, and the stop marker.
Cycles polled_region(Bench& bench, const std::vector<Command>& commands) {
    std::vector<Step> steps;
    for (const Command& command : commands) {
        steps.push_back({.offset = kCmd});
        std::ranges::copy(steps_for(command), std::back_inserter(steps));
    }
    bench.reset();
    bench.harts[0]->poll_every(6);
    bench.harts[0]->start(bench.dma.core_in, steps, 1);
    REQUIRE(bench.run());
    return bench.harts[0]->grants.back().first + 4;
}

struct Row {
    const char* name = "";
    bool is_receive = false;
    u32 bytes = 0;
    Cycles latency = 0;
    Cycles cycles = 0;
};

constexpr Row kRows[] = {
    {"d_rx_8", true, 8, 10, 35},         {"d_tx_8", false, 8, 10, 35},
    {"d_rx_64", true, 64, 2, 35},        {"d_rx_64", true, 64, 10, 43},
    {"d_rx_64", true, 64, 40, 73},       {"d_tx_64", false, 64, 2, 35},
    {"d_tx_64", false, 64, 10, 43},      {"d_tx_64", false, 64, 40, 73},
    {"d_rx_256", true, 256, 10, 67},     {"d_tx_256", false, 256, 10, 67},
    {"d_rx_512", true, 512, 10, 101},    {"d_tx_512", false, 512, 10, 102},
    {"d_rx_1024", true, 1024, 2, 161},   {"d_rx_1024", true, 1024, 10, 169},
    {"d_rx_1024", true, 1024, 40, 199},  {"d_tx_1024", false, 1024, 2, 164},
    {"d_tx_1024", false, 1024, 10, 172}, {"d_tx_1024", false, 1024, 40, 202},
    {"d_rx_4096", true, 4096, 10, 577},  {"d_tx_4096", false, 4096, 10, 592},
};

TEST_CASE("a single transfer takes the cycles that were measured", "[dma][timing]") {
    Bench bench;

    for (const Row& row : kRows) {
        CAPTURE(row.name, row.latency);
        CHECK(region(bench, row.latency, transfer(row.is_receive, row.bytes)) == row.cycles);
    }
}

TEST_CASE("full bursts follow the formulae of the specification", "[dma][timing]") {
    Bench bench;

    for (const u32 bursts : {1U, 2U, 3U, 7U, 20U})
        for (const Cycles latency : std::vector<Cycles>{1, 5, 17, 60}) {
            CAPTURE(bursts, latency);
            const Cycles rest{bursts - 1};
            CHECK(region(bench, latency, transfer(true, 256 * bursts)) ==
                  25 + latency + 32 + 34 * rest);
            CHECK(region(bench, latency, transfer(false, 256 * bursts)) ==
                  25 + latency + 32 + 35 * rest);
        }
}

TEST_CASE("an external address that is not 8-byte aligned costs a burst", "[dma][timing]") {
    Bench bench;

    CHECK(region(bench, 10, transfer(true, 1024, kFar + 4)) == 171);  // d_rx_mis
}

TEST_CASE("programming a transfer takes 4 cycles", "[dma][timing]") {
    Bench bench;

    bench.program(0, 1, {transfer(true, 1024)});
    bench.run();

    CHECK(bench.harts[0]->grants.back().first == 4);  // d_enqueue
}

TEST_CASE("a second transfer follows the first one without a gap", "[dma][timing]") {
    Bench bench;

    CHECK(polled_region(bench, {transfer(true, 1024), transfer(true, 1024)}) == 303);  // d_rx2
}

TEST_CASE("incoming and outgoing transfers run at the same time", "[dma][timing]") {
    Bench bench;

    CHECK(polled_region(bench, {transfer(true, 1024), transfer(false, 1024)}) == 183);  // d_rxtx
}

/// A hart of d_cont: 8 rounds of 32 loads with stride 4, then addi and a branch (3 cycles when
/// taken).
class Loader final : public DataInitiator, public Agent {
public:
    Loader(TcdmTarget& tcdm, unsigned port) : tcdm_(tcdm), port_(port) {}

    void act(Cycles now) override { ask(now + 1); }
    void granted(Cycles now, u32 /*data*/) override {
        ++done_;
        if (done_ % 32 != 0)
            ask(now + 1);
        else if (done_ < 8 * 32)
            ask(now + 5);
        else
            finished = now + 3;  // addi, branch, and the stop marker's cycle
    }
    void refused(Cycles /*now*/, const std::string& /*what*/) override {}
    [[nodiscard]] unsigned port() const override { return port_; }

    Cycles finished = 0;

private:
    void ask(Cycles cycle) { tcdm_.request(*this, 0x100 + 4 * (done_ % 32), false, cycle); }

    TcdmTarget& tcdm_;
    const unsigned port_;
    unsigned done_ = 0;
};

TEST_CASE("cores that load all the time hold the transfer up as in d_cont", "[dma][timing]") {
    Bench bench;
    Command command = transfer(true, 4096);
    command.tcdm = 0x4000;
    std::vector<std::unique_ptr<Loader>> loaders;
    for (unsigned hart = 0; hart < 8; ++hart) {
        loaders.push_back(std::make_unique<Loader>(bench.tcdm, hart));
        bench.clock.timeline.add(*loaders.back());
        bench.clock.timeline.schedule(*loaders.back(), Cycles{hart == 0 ? 6U : 4U});
    }

    bench.program(0, 2, {command});
    REQUIRE(bench.run());

    // e + 1 grant of p.elw, 4 cycles to the stop marker: 720 measured, 2 % allowed.
    const double total = double(bench.pulses.at(0).cycle + 5);
    CHECK(std::abs(total - 720) <= 0.02 * 720);
    CHECK(test::count(bench.dma, "tcdm_stall") > 0);
}

}  // namespace
}  // namespace flexv::dma
