// SPDX-License-Identifier: Apache-2.0
// Registers and ids: docs/spec/firmware_abi.md, section 7.4.
#include "soc_events/soc_events.hpp"

#include "support/bus_contract.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using flexv::soc_events::SocEvents;
using flexv::test::BusMaster;

namespace {

constexpr Address kEvent = 0x00, kFcMask0 = 0x04, kFcMask5 = 0x18, kClMask5 = 0x38, kErr0 = 0x64;
constexpr Address kTimerSelHi = 0x84, kTimerSelLo = 0x88;

struct Bench {
    explicit Bench(const SocEvents::Config& config = {}) : events("events", clock, config) {
        master.out.bind(events.bus_in);
        events.fabric_event_out.connect([this](u8 id, Cycles) {
            fabric.push_back(id);
            return has_room;
        });
        events.cluster_event_out.connect([this](u8 id, Cycles) {
            cluster.push_back(id);
            return true;
        });
        events.timer_start_out.connect(
            [this](bool is_high, Cycles now) { starts.emplace_back(is_high, now); });
        test::elaborate();
    }
    ClockDomain clock;
    SocEvents events;
    BusMaster master{"master"};
    std::vector<unsigned> fabric;
    std::vector<unsigned> cluster;
    std::vector<std::pair<bool, Cycles>> starts;
    bool has_room = true;
};

}  // namespace

TEST_CASE("every event is masked after reset", "[soc_events]") {
    Bench bench;

    bench.events.trigger(1, 10);

    CHECK(bench.master.read32(kFcMask0) == ~0U);
    CHECK(bench.fabric.empty());
    CHECK(bench.cluster.empty());
}

TEST_CASE("software events have the ids 160 to 167", "[soc_events]") {
    Bench bench;
    bench.master.write32(kFcMask5, 0);
    bench.master.write32(kClMask5, ~2U);

    bench.master.write32(kEvent, 0x83);

    CHECK(bench.fabric == std::vector<unsigned>{160, 161, 167});
    CHECK(bench.cluster == std::vector<unsigned>{161});
}

TEST_CASE("the first software event is a parameter", "[soc_events]") {
    Bench bench({.first_software_event = 48});
    bench.master.write32(kFcMask0 + 4, 0);

    bench.master.write32(kEvent, 1);

    CHECK(bench.fabric == std::vector<unsigned>{48});
}

TEST_CASE("an event that found its FIFO full is told once in ERR", "[soc_events]") {
    Bench bench;
    bench.master.write32(kFcMask0, 0);
    bench.has_room = false;

    bench.events.trigger(4, 10);

    CHECK(bench.master.debug_read32(kErr0) == 0x10);
    CHECK(bench.master.read32(kErr0) == 0x10);
    CHECK(bench.master.read32(kErr0) == 0);
}

TEST_CASE("a selected event starts a half of the timer", "[soc_events]") {
    Bench bench;
    bench.master.write32(kTimerSelLo, 0x8000'0004);
    bench.master.write32(kTimerSelHi, 0x0000'0004);

    bench.events.trigger(4, 10);

    CHECK(bench.starts == std::vector<std::pair<bool, Cycles>>{{false, Cycles{10}}});
}

TEST_CASE("reset in mid-operation masks all events again", "[soc_events]") {
    Bench bench;
    bench.master.write32(kFcMask0, 0);

    bench.events.reset();
    bench.events.trigger(1, 1);

    CHECK(bench.fabric.empty());
}

TEST_CASE("the event generator keeps the contract of every bus target", "[soc_events]") {
    Bench bench;

    test::check_bus_contract(bench.master, {.size_bytes = 0x1000, .plain_offset = kFcMask0},
                             bench.events);
}
