// SPDX-License-Identifier: Apache-2.0
// The ports of two clusters through the sockets, with a bus and L2 behind them.
#include "l2_arbiter/l2_arbiter.hpp"

#include "cluster_bus/cluster_bus.hpp"
#include "l2/l2.hpp"
#include "support/bus_contract.hpp"
#include "support/counters.hpp"
#include "support/page_holder.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace flexv::l2_arbiter {
namespace {

using test::BusMaster;
using test::Payload;

constexpr u64 kBytes = 0x4000;
constexpr unsigned kLatency = 8;

struct Fixture {
    ClockDomain clock;
    L2Arbiter arbiter{
        "arbiter", clock, {.cluster_count = 2, .memory_base = 0x1000, .memory_bytes = kBytes}};
    cluster_bus::ClusterBus bus{"bus", clock, {.latency_cycles = 0}};
    l2::L2 memory{"memory", clock, {.size_bytes = kBytes, .latency_cycles = Cycles{kLatency}}};
    l2::L2 other{"other", clock, {.size_bytes = kBytes, .latency_cycles = Cycles{kLatency}}};
    BusMaster first{"first"};
    BusMaster second{"second"};

    Fixture() {
        first.out.bind(arbiter.clusters_in);
        second.out.bind(arbiter.clusters_in);
        arbiter.bus_out.bind(bus.bus_in);
        bus.map("memory", 0x1000, kBytes, cluster_bus::Addressing::relative).bind(memory.bus_in);
        bus.map("other", 0x8000, kBytes, cluster_bus::Addressing::relative).bind(other.bus_in);
        test::elaborate();
    }
    /// Cycles of an access that arrives in cycle `now`.
    double cycles_of(BusMaster& master, tlm::tlm_command command, u64 address, unsigned bytes,
                     Cycles now) {
        std::vector<u8> data(bytes);
        Payload trans(command, address, data.data(), bytes);
        const sc_core::sc_time arrival = clock.duration_of(now);
        sc_core::sc_time delay = arrival;
        master.out->b_transport(trans, delay);
        REQUIRE(trans.is_response_ok());
        return (delay - arrival) / clock.period;
    }
};

TEST_CASE("a cluster waits at L2 while another one has its port", "[l2_arbiter]") {
    Fixture f;
    constexpr double kBurst = kLatency + 256 / 8 - 1;

    CHECK(f.cycles_of(f.first, tlm::TLM_READ_COMMAND, 0x1000, 256, 100) == kBurst);
    CHECK(f.cycles_of(f.second, tlm::TLM_READ_COMMAND, 0x1100, 256, 100) == 32 + kBurst);
    CHECK(f.cycles_of(f.second, tlm::TLM_WRITE_COMMAND, 0x1200, 4, 140) == kLatency);
    CHECK(f.cycles_of(f.first, tlm::TLM_READ_COMMAND, 0x1000, 4, 1000) == kLatency);
    CHECK(test::count(f.arbiter, "conflicts") == 1);
    CHECK(test::count(f.arbiter, "wait_cycles") == 32);
}

TEST_CASE("an unaligned access has the port for each piece of the bus that it touches",
          "[l2_arbiter]") {
    Fixture f;
    f.cycles_of(f.first, tlm::TLM_READ_COMMAND, 0x1006, 4, 0);

    CHECK(f.cycles_of(f.second, tlm::TLM_READ_COMMAND, 0x1000, 4, 0) == 2 + kLatency);
}

TEST_CASE("what is not L2 passes without a wait", "[l2_arbiter]") {
    Fixture f;

    for (BusMaster* const master : {&f.first, &f.second})
        CHECK(f.cycles_of(*master, tlm::TLM_READ_COMMAND, 0x8000, 256, 0) == kLatency + 31);

    CHECK(test::count(f.arbiter, "conflicts") == 0);
}

TEST_CASE("an address that nobody serves is refused as the bus refuses it", "[l2_arbiter]") {
    Fixture f;
    u32 word = 0;
    Payload trans(tlm::TLM_READ_COMMAND, 0x7000, reinterpret_cast<u8*>(&word), 4);
    sc_core::sc_time delay;

    f.first.out->b_transport(trans, delay);

    CHECK(trans.get_response_status() == tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST_CASE("debug access passes, and costs nothing", "[l2_arbiter]") {
    Fixture f;
    u32 word = 0x1234'5678;
    Payload write(tlm::TLM_WRITE_COMMAND, 0x1004, reinterpret_cast<u8*>(&word), 4);
    CHECK(f.first.out->transport_dbg(write) == 4);

    u32 seen = 0;
    Payload read(tlm::TLM_READ_COMMAND, 0x1004, reinterpret_cast<u8*>(&seen), 4);
    CHECK(f.second.out->transport_dbg(read) == 4);

    CHECK(seen == word);
    CHECK(f.cycles_of(f.second, tlm::TLM_READ_COMMAND, 0x1000, 4, 0) == kLatency);
}

TEST_CASE("a reset forgets who has the port", "[l2_arbiter]") {
    Fixture f;
    f.cycles_of(f.first, tlm::TLM_READ_COMMAND, 0x1000, 256, 0);

    f.arbiter.reset();

    CHECK(f.cycles_of(f.second, tlm::TLM_READ_COMMAND, 0x1000, 4, 1) == kLatency);
}

}  // namespace
}  // namespace flexv::l2_arbiter
