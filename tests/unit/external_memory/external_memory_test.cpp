// SPDX-License-Identifier: Apache-2.0
#include "external_memory/external_memory.hpp"

#include "base/error.hpp"
#include "support/bus_contract.hpp"
#include "support/counters.hpp"
#include "support/page_holder.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace flexv::external_memory {
namespace {

using test::BusMaster;
using test::Payload;

constexpr u64 kBytes = 0x4000;

struct Fixture {
    ClockDomain clock;
    ExternalMemory memory{"memory", clock, {.size_bytes = kBytes, .latency_cycles = 30}};
    BusMaster master{"master"};

    Fixture() {
        master.out.bind(memory.bus_in);
        test::elaborate();
    }
    /// Cycles of an access that arrives in cycle `now`, until its last byte.
    double cycles_of(tlm::tlm_command command, u64 address, unsigned bytes, Cycles now) {
        std::vector<u8> data(bytes);
        Payload trans(command, address, data.data(), bytes);
        const sc_core::sc_time arrival = clock.duration_of(now);
        sc_core::sc_time delay = arrival;
        master.out->b_transport(trans, delay);
        REQUIRE(trans.is_response_ok());
        return (delay - arrival) / clock.period;
    }
};

TEST_CASE("the external memory keeps the promises of every bus target", "[external_memory]") {
    Fixture f;

    test::check_bus_contract(f.master,
                             {.size_bytes = kBytes,
                              .plain_offset = 0x100,
                              .refuses_unaligned = false,
                              .refuses_odd_lengths = false},
                             f.memory);
}

TEST_CASE("reads and writes of the external memory share 0.4 byte per cycle", "[external_memory]") {
    Fixture f;

    CHECK(f.cycles_of(tlm::TLM_READ_COMMAND, 0x100, 256, 0) == 30 + 640);
    CHECK(f.cycles_of(tlm::TLM_WRITE_COMMAND, 0x800, 4, 100) == 570 + 30 + 10);
    CHECK(f.cycles_of(tlm::TLM_READ_COMMAND, 0x100, 4, 2000) == 40);
    CHECK(test::count(f.memory, "bytes_read") == 260);
    CHECK(test::count(f.memory, "bytes_written") == 4);
    CHECK(test::count(f.memory, "reads") == 2);
    CHECK(test::count(f.memory, "writes") == 1);
    CHECK(test::count(f.memory, "bursts") == 3);
}

TEST_CASE("a refused access takes no time of the external memory", "[external_memory]") {
    Fixture f;

    CHECK(f.master.read(kBytes - 2, 4).status == tlm::TLM_ADDRESS_ERROR_RESPONSE);

    CHECK(f.cycles_of(tlm::TLM_READ_COMMAND, 0, 4, 0) == 40);
    CHECK(test::count(f.memory, "reads") == 1);
}

TEST_CASE("a reset keeps contents and counts of the external memory", "[external_memory]") {
    Fixture f;
    f.master.write32(0x203, 0xcafe'f00d);

    f.memory.reset_within_run();

    CHECK(f.cycles_of(tlm::TLM_READ_COMMAND, 0, 4, 0) == 40);
    CHECK(f.master.read32(0x203) == 0xcafe'f00d);
    CHECK(test::count(f.memory, "bursts") == 3);
}

TEST_CASE("the external memory counts the cycles that its owner tells", "[external_memory]") {
    ClockDomain clock;
    ExternalMemory memory{"memory", clock, {.size_bytes = kBytes}};
    BusMaster master{"master"};
    master.out.bind(memory.bus_in);

    memory.elapsed_out.connect([] { return Cycles{77}; });
    test::elaborate();

    CHECK(test::count(memory, "cycles") == 77);
}

TEST_CASE("code in the external memory is withdrawn when it is written", "[external_memory]") {
    ClockDomain clock;
    ExternalMemory memory{"memory", clock, {.size_bytes = kBytes}};
    test::PageHolder fetcher{"fetcher"};
    fetcher.out.bind(memory.bus_in);
    test::elaborate();
    REQUIRE(fetcher.ask(0x1000));
    REQUIRE(fetcher.ask(0x2000));
    std::vector<u8> data(4);
    Payload plain(tlm::TLM_WRITE_COMMAND, 0x1000, data.data(), 4);
    Payload debug(tlm::TLM_WRITE_COMMAND, 0x2002, data.data(), 4);
    sc_core::sc_time delay;

    fetcher.out->b_transport(plain, delay);
    fetcher.out->transport_dbg(debug);

    CHECK(fetcher.withdrawn == test::PageHolder::Ranges{{0x1000, 0x1003}, {0x2002, 0x2005}});
}

TEST_CASE("an impossible external memory is the user's mistake", "[external_memory]") {
    ClockDomain clock;

    CHECK_THROWS_AS(ExternalMemory("none", clock, {}), UserError);
    CHECK_THROWS_AS(ExternalMemory("odd", clock, {.size_bytes = 100}), UserError);
    CHECK_THROWS_AS(ExternalMemory("still", clock, {.size_bytes = 4096, .bytes_per_cycle = 0}),
                    UserError);
    CHECK_THROWS_AS(ExternalMemory("short", clock, {.size_bytes = 4096, .burst_bytes = 0}),
                    UserError);
}

}  // namespace
}  // namespace flexv::external_memory
