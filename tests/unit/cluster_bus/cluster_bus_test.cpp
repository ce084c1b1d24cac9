// SPDX-License-Identifier: Apache-2.0
#include "cluster_bus/cluster_bus.hpp"

#include "l2/l2.hpp"
#include "support/bus_master.hpp"
#include "support/counters.hpp"
#include "support/page_holder.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace flexv::cluster_bus {
namespace {

using l2::L2;
using test::BusMaster;
using test::PageHolder;
using test::Payload;

/// Two initiators and two fetchers; a memory with two windows.
struct Fixture {
    ClockDomain clock;
    ClusterBus bus{"bus", clock, {.latency_cycles = 2}};
    L2 near{"near", clock, {.size_bytes = 0x2000, .latency_cycles = 8}};
    BusMaster core{"core"};
    BusMaster dma{"dma"};
    PageHolder fetcher{"fetcher"};
    PageHolder other{"other"};

    Fixture() {
        core.out.bind(bus.bus_in);
        dma.out.bind(bus.bus_in);
        fetcher.out.bind(bus.bus_in);
        other.out.bind(bus.bus_in);
        auto& window = bus.map("near", 0x1c00'0000, 0x2000, Addressing::relative);
        window.bind(near.bus_in);
        bus.map_again("alias", window, 0x0000'0000, 0x1000, Addressing::relative);
    }
};

TEST_CASE("every initiator reaches a target at its address", "[cluster_bus]") {
    Fixture f;
    test::elaborate();

    f.core.write32(0x1c00'1ffc, 0x1234'5678);

    CHECK(f.dma.read32(0x1c00'1ffc) == 0x1234'5678);
    CHECK(test::count(f.bus, "transactions") == 2);
    CHECK(test::count(f.bus, "bytes") == 8);
    CHECK(test::count(f.bus, "errors") == 0);
}

TEST_CASE("the payload returns with its own address", "[cluster_bus]") {
    Fixture f;
    test::elaborate();
    std::vector<u8> data(4);
    Payload trans(tlm::TLM_READ_COMMAND, 0x1c00'0010, data.data(), 4);
    sc_core::sc_time delay;

    f.core.out->b_transport(trans, delay);

    CHECK(trans.get_address() == 0x1c00'0010);
}

TEST_CASE("the bus's latency is added to the target's", "[cluster_bus]") {
    Fixture f;
    test::elaborate();

    const auto reply = f.core.read(0x1c00'0000, 4, 5 * f.clock.period);

    CHECK(reply.delay == (5 + 2 + 8) * f.clock.period);
}

TEST_CASE("an alias shows the same memory", "[cluster_bus]") {
    Fixture f;
    test::elaborate();

    f.core.write32(0x0000'0120, 77);

    CHECK(f.core.read32(0x1c00'0120) == 77);
    CHECK(f.core.read(0x0000'1000, 4).status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST_CASE("nothing answers outside the ranges or across their ends", "[cluster_bus]") {
    Fixture f;
    test::elaborate();

    for (const u64 address : {0x0fff'ffffULL, 0x1bff'fffeULL, 0x1c00'1ffeULL, 0x1c00'2000ULL}) {
        CAPTURE(address);
        CHECK(f.core.read(address, 4).status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        CHECK(f.core.write(address, 1, 4).status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    CHECK(test::count(f.bus, "errors") == 8);
    CHECK(test::count(f.bus, "transactions") == 0);
    CHECK(f.core.debug_read(0x2000'0000, 4).empty());
}

TEST_CASE("a debug access leaves no trace and is clipped to its range", "[cluster_bus]") {
    Fixture f;
    test::elaborate();

    f.core.debug_write32(0x1c00'0004, 0xabcd'ef01);

    CHECK(f.dma.debug_read32(0x0000'0004) == 0xabcd'ef01);
    CHECK(f.dma.debug_read(0x1c00'1ffe, 8).size() == 2);
    CHECK(f.dma.debug_read(0x0000'0ffe, 8).size() == 2);
    CHECK(test::count(f.bus, "transactions") == 0);
}

TEST_CASE("a granted pointer covers the addresses of the window that was asked", "[cluster_bus]") {
    Fixture f;
    test::elaborate();
    f.core.write32(0x1c00'1008, 0x55);

    REQUIRE(f.fetcher.ask(0x1c00'1008));

    CHECK(f.fetcher.granted.get_start_address() == 0x1c00'1008);  // L2 grants words
    CHECK(f.fetcher.granted.get_end_address() == 0x1c00'100b);
    CHECK(f.fetcher.granted.get_dmi_ptr()[0] == 0x55);
    CHECK(f.fetcher.granted.get_read_latency() == 10 * f.clock.period);
}

TEST_CASE("a withdrawn word is withdrawn in every window from every initiator", "[cluster_bus]") {
    Fixture f;
    test::elaborate();
    REQUIRE(f.fetcher.ask(0x1c00'0000));

    f.dma.write32(0x1c00'0ffc, 1);  // another word
    CHECK(f.fetcher.withdrawn.empty());
    f.dma.write32(0x1c00'0000, 1);

    const PageHolder::Ranges expected = {{0x0000'0000, 0x0000'0003}, {0x1c00'0000, 0x1c00'0003}};
    CHECK(f.fetcher.withdrawn == expected);
    CHECK(f.other.withdrawn == expected);
}

TEST_CASE("addresses that no range claims go to the target for the rest", "[cluster_bus]") {
    Fixture f;
    L2 rest{"rest", f.clock, {.size_bytes = 0x8000}};
    f.bus.map_rest("rest").bind(rest.bus_in);
    test::elaborate();

    f.core.write32(0x0000'4000, 5);

    CHECK(f.core.read32(0x0000'4000) == 5);
    CHECK(f.core.read(0x0000'0ffe, 4).status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    CHECK(f.core.read(0x1bff'fffe, 4).status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    REQUIRE(f.fetcher.ask(0x1000));
    CHECK(f.fetcher.granted.get_start_address() == 0x1000);
}

TEST_CASE("one bus can be a target of another", "[cluster_bus]") {
    Fixture f;
    ClusterBus outer{"outer", f.clock, {.latency_cycles = 3}};
    BusMaster host{"host"};
    outer.map("cluster", 0x1000'0000, 0x1000'0000, Addressing::absolute).bind(f.bus.bus_in);
    host.out.bind(outer.bus_in);
    test::elaborate();

    const auto reply = host.read(0x1c00'0000, 4);

    CHECK(reply.is_ok());
    CHECK(reply.delay == (3 + 2 + 8) * f.clock.period);
}

}  // namespace
}  // namespace flexv::cluster_bus
