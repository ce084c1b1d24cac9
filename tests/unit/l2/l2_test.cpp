// SPDX-License-Identifier: Apache-2.0
#include "l2/l2.hpp"

#include "base/error.hpp"
#include "support/bus_contract.hpp"
#include "support/counters.hpp"
#include "support/page_holder.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace flexv::l2 {
namespace {

using test::BusMaster;
using test::Payload;

struct Fixture {
    ClockDomain clock;
    L2 memory{"l2", clock, {.size_bytes = 0x4000, .latency_cycles = 8}};
    BusMaster master{"master"};

    Fixture() {
        master.out.bind(memory.bus_in);
        test::elaborate();
    }

    /// Cycles that a read of `bytes` at `address` takes.
    double cycles_of_read(u64 address, unsigned bytes) {
        std::vector<u8> data(bytes);
        Payload trans(tlm::TLM_READ_COMMAND, address, data.data(), bytes);
        sc_core::sc_time delay;
        master.out->b_transport(trans, delay);
        REQUIRE(trans.is_response_ok());
        return delay / clock.period;
    }
};

TEST_CASE("the L2 keeps the promises of every bus target", "[l2]") {
    Fixture f;

    test::check_bus_contract(f.master,
                             {.size_bytes = 0x4000,
                              .plain_offset = 0x100,
                              .refuses_unaligned = false,
                              .refuses_odd_lengths = false},
                             f.memory);
}

TEST_CASE("the L2 takes its latency and one cycle for each further 64-bit beat", "[l2]") {
    Fixture f;

    CHECK(f.cycles_of_read(0x100, 4) == 8);
    CHECK(f.cycles_of_read(0x100, 8) == 8);
    CHECK(f.cycles_of_read(0x104, 8) == 9);
    CHECK(f.cycles_of_read(0x100, 256) == 8 + 31);
    CHECK(f.cycles_of_read(0x101, 256) == 8 + 32);
}

TEST_CASE("the L2 returns what was written at any alignment and counts it", "[l2]") {
    Fixture f;

    f.master.write32(0x203, 0xcafe'f00d);

    CHECK(f.master.read32(0x203) == 0xcafe'f00d);
    CHECK(f.master.read8(0x206) == 0xca);
    CHECK(test::count(f.memory, "writes") == 1);
    CHECK(test::count(f.memory, "bytes_written") == 4);
    CHECK(test::count(f.memory, "reads") == 2);
    CHECK(test::count(f.memory, "bytes_read") == 5);
}

TEST_CASE("the L2 names the reason of a refusal", "[l2]") {
    Fixture f;
    std::vector<u8> data(8);
    u8 enable = 0xff;
    sc_core::sc_time delay;
    Payload streaming(tlm::TLM_WRITE_COMMAND, 0, data.data(), 8);
    streaming.set_streaming_width(4);
    Payload enabled(tlm::TLM_WRITE_COMMAND, 0, data.data(), 8);
    enabled.set_byte_enable_ptr(&enable);

    f.master.out->b_transport(streaming, delay);
    f.master.out->b_transport(enabled, delay);

    CHECK(streaming.get_response_status() == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(enabled.get_response_status() == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    CHECK(f.master.read(0x3ffe, 4).status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

/// A memory whose only initiator holds pages; writes come through the debug path.
struct HeldFixture {
    ClockDomain clock;
    L2 memory{"l2", clock, {.size_bytes = 0x4000}};
    test::PageHolder fetcher{"fetcher"};

    HeldFixture() {
        fetcher.out.bind(memory.bus_in);
        test::elaborate();
    }
    void write(u64 address, bool is_debug) {
        std::vector<u8> data = {0x44, 0x33, 0x22, 0x11};
        Payload trans(tlm::TLM_WRITE_COMMAND, address, data.data(), 4);
        sc_core::sc_time delay;
        if (is_debug)
            fetcher.out->transport_dbg(trans);
        else
            fetcher.out->b_transport(trans, delay);
        REQUIRE(trans.is_response_ok());
    }
};

TEST_CASE("the L2 grants words for reading only", "[l2]") {
    HeldFixture f;
    f.write(0x1234, false);

    REQUIRE(f.fetcher.ask(0x1234));

    CHECK(f.fetcher.granted.get_start_address() == 0x1234);
    CHECK(f.fetcher.granted.get_end_address() == 0x1237);
    CHECK(f.fetcher.granted.get_dmi_ptr()[0] == 0x44);
    CHECK(f.fetcher.granted.is_read_allowed());
    CHECK_FALSE(f.fetcher.granted.is_write_allowed());
    CHECK_FALSE(f.fetcher.ask(0x1234, tlm::TLM_WRITE_COMMAND));
    CHECK_FALSE(f.fetcher.ask(0x4000));
}

TEST_CASE("a write withdraws each granted word that it touches, once", "[l2]") {
    HeldFixture f;
    for (const u64 word : {0x0100U, 0x1000U, 0x2ffcU})
        REQUIRE(f.fetcher.ask(word));

    f.write(0x0104, false);  // a word that nobody holds
    CHECK(f.fetcher.withdrawn.empty());
    f.write(0x0ffe, false);  // reaches into one
    f.write(0x1000, false);
    f.write(0x2ffc, true);

    CHECK(f.fetcher.withdrawn == test::PageHolder::Ranges{{0x0ffe, 0x1001}, {0x2ffc, 0x2fff}});
}

TEST_CASE("an L2 of an impossible size is the user's mistake", "[l2]") {
    ClockDomain clock;

    CHECK_THROWS_AS(L2("odd", clock, {.size_bytes = 100}), UserError);
    CHECK_THROWS_AS(L2("none", clock, {.size_bytes = 0}), UserError);
}

}  // namespace
}  // namespace flexv::l2
