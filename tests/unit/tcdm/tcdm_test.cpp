// SPDX-License-Identifier: Apache-2.0
// The TCDM through its cycle-exact port and through its TLM-2.0 socket.
#include "tcdm/tcdm.hpp"
#include "support/bus_contract.hpp"
#include "support/counters.hpp"
#include "support/page_holder.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <vector>

using namespace flexv;
using tcdm::Tcdm;

namespace {

/// A port that notes when it was granted and may ask again at once.
class Requester final : public DataInitiator {
public:
    explicit Requester(unsigned port) : port_(port) {}

    void granted(Cycles now, u32 /*data*/) override {
        grants.push_back(now);
        if (again-- > 0)
            memory->request(*this, address, false, now + 1);
    }
    void refused(Cycles, const std::string&) override { FAIL("the TCDM refuses nothing"); }
    [[nodiscard]] unsigned port() const override { return port_; }

    std::vector<Cycles> grants;
    int again = 0;
    Tcdm* memory = nullptr;
    Address address = 0;

private:
    unsigned port_;
};

struct Bench {
    ClockDomain clock;
    Tcdm memory;
    test::BusMaster master{"master"};

    explicit Bench(const Tcdm::Config& config = {}) : memory("tcdm", clock, config) {
        master.out.bind(memory.bus_in);
        test::elaborate();
    }
};

}  // namespace

TEST_CASE("accesses to different banks are granted in the same cycle", "[tcdm]") {
    Bench bench;
    Requester a(0);
    Requester b(7);

    bench.memory.request(a, 0x1000'0000, false, 5);
    bench.memory.request(b, 0x1000'0004, true, 5);
    bench.clock.timeline.run_until(20);

    CHECK(a.grants == std::vector<Cycles>{5});
    CHECK(b.grants == std::vector<Cycles>{5});
    CHECK(test::count(bench.memory, "reads") == 1);
    CHECK(test::count(bench.memory, "writes") == 1);
    CHECK(test::count(bench.memory, "conflicts") == 0);
}

TEST_CASE("eight ports on one word are served one per cycle", "[tcdm]") {
    Bench bench;  // c_same_ld: 32 loads each, the last port finishes after 257 cycles
    std::deque<Requester> ports;
    for (unsigned port = 0; port < 8; ++port)
        ports.emplace_back(port);
    for (Requester& port : ports) {
        port.memory = &bench.memory;
        port.again = 31;
        bench.memory.request(port, 0, false, 1);
    }

    bench.clock.timeline.run_until(1000);

    CHECK(ports[0].grants.back() == 249);
    CHECK(ports[7].grants.back() == 256);
    CHECK(bench.memory.conflicts_of_bank(0) == test::count(bench.memory, "conflicts"));
    CHECK(bench.memory.conflicts_of_bank(1) == 0);
    CHECK(test::count(bench.memory, "bank0_conflicts") == test::count(bench.memory, "conflicts"));
    CHECK(test::count(bench.memory, "bank1_conflicts") == 0);
}

TEST_CASE("a request far ahead keeps its cycle", "[tcdm]") {
    Bench bench;  // the ring of pending requests covers 256 cycles
    Requester near(0);
    Requester far(1);

    bench.memory.request(far, 0, false, 3 + 512);
    bench.memory.request(near, 0, false, 3);
    bench.clock.timeline.run_until(2000);

    CHECK(near.grants == std::vector<Cycles>{3});
    CHECK(far.grants == std::vector<Cycles>{515});
}

TEST_CASE("a cancelled request is not granted", "[tcdm]") {
    Bench bench;
    Requester soon(2);
    Requester late(3);  // beyond the ring of pending requests

    bench.memory.request(soon, 0x40, false, 4);
    bench.memory.request(late, 0x40, false, 400);
    bench.memory.cancel(soon);
    bench.memory.cancel(late);
    bench.clock.timeline.run_until(1000);

    CHECK(soon.grants.empty());
    CHECK(late.grants.empty());
}

TEST_CASE("a request that queues at its bank can be cancelled, and its port asks anew", "[tcdm]") {
    Bench bench;
    std::deque<Requester> ports;
    for (unsigned port = 0; port < 3; ++port) {
        ports.emplace_back(port);
        bench.memory.request(ports.back(), 0x40, false, 4);
    }
    bench.clock.timeline.run_until(5);  // one has won, two queue
    REQUIRE(ports[0].grants == std::vector<Cycles>{4});

    bench.memory.cancel(ports[1]);
    bench.memory.request(ports[1], 0x44, false, 6);
    bench.clock.timeline.run_until(1000);

    CHECK(ports[1].grants == std::vector<Cycles>{6});
    CHECK(ports[2].grants == std::vector<Cycles>{5});
    CHECK(test::count(bench.memory, "conflicts") == 2);
}

TEST_CASE("reset drops requests that queue at a bank", "[tcdm]") {
    Bench bench;
    Requester winner(0);
    Requester loser(1);
    bench.memory.request(winner, 0x40, false, 4);
    bench.memory.request(loser, 0x40, false, 4);
    bench.clock.timeline.run_until(5);

    bench.memory.reset();
    bench.clock.timeline.reset();
    bench.memory.request(winner, 0x40, false, 1);
    bench.clock.timeline.run_until(100);

    CHECK(loser.grants.empty());
    CHECK(winner.grants == std::vector<Cycles>{4, 1});
}

TEST_CASE("reset drops pending requests and keeps the memory", "[tcdm]") {
    Bench bench;
    Requester port(2);
    bench.master.write32(0x10, 0xcafe'f00d);

    bench.memory.request(port, 0x40, false, 4);
    bench.memory.reset();
    bench.clock.timeline.reset();
    bench.clock.timeline.run_until(10);

    CHECK(port.grants.empty());
    CHECK(bench.master.read32(0x10) == 0xcafe'f00d);
}

TEST_CASE("a load from the test-and-set view returns the old word and leaves ones", "[tcdm]") {
    Bench bench;
    bench.master.write32(0x20, 0x1234'5678);

    CHECK(bench.master.read32(0x10'0020) == 0x1234'5678);
    CHECK(bench.master.read32(0x20) == 0xffff'ffff);

    bench.master.write32(0x10'0020, 7);
    CHECK(bench.master.read32(0x20) == 7);
}

TEST_CASE("a debug read of the test-and-set view changes nothing", "[tcdm]") {
    Bench bench;
    bench.master.write32(0x20, 5);

    bench.master.debug_read(0x10'0020, 4);

    CHECK(bench.master.read32(0x20) == 5);
}

TEST_CASE("direct access for decoding ends when the word is written", "[tcdm]") {
    Bench bench;
    tlm::tlm_generic_payload trans;
    tlm::tlm_dmi dmi;
    trans.set_command(tlm::TLM_READ_COMMAND);
    trans.set_address(0x1004);

    REQUIRE(bench.master.out->get_direct_mem_ptr(trans, dmi));
    CHECK(dmi.is_read_allowed());
    CHECK_FALSE(dmi.is_write_allowed());
    CHECK(dmi.get_start_address() == 0x1004);
    CHECK(dmi.get_end_address() == 0x1007);
    CHECK(bench.memory.meets_code(0x1004, 4));

    bench.master.write32(0x1000, 1);
    bench.master.write32(0x1008, 1);
    CHECK(bench.memory.meets_code(0x1004, 4));
    bench.master.write32(0x1004, 1);
    CHECK_FALSE(bench.memory.meets_code(0x1004, 4));
}

TEST_CASE("whoever decodes through either view is told of a write through the other", "[tcdm]") {
    ClockDomain clock;
    Tcdm memory("tcdm", clock, {});
    test::PageHolder fetcher("fetcher");
    fetcher.out.bind(memory.bus_in);
    test::elaborate();
    u32 word = 0;
    tlm::tlm_generic_payload trans;
    trans.set_data_ptr(reinterpret_cast<unsigned char*>(&word));
    trans.set_data_length(4);
    trans.set_streaming_width(4);
    sc_core::sc_time delay;

    REQUIRE(fetcher.ask(0x10'0020));
    CHECK(fetcher.granted.get_start_address() == 0x10'0020);
    trans.set_write();
    trans.set_address(0x20);
    fetcher.out->b_transport(trans, delay);
    CHECK(fetcher.withdrawn == test::PageHolder::Ranges{{0x20, 0x23}, {0x10'0020, 0x10'0023}});

    fetcher.withdrawn.clear();
    REQUIRE(fetcher.ask(0x20));
    trans.set_read();  // which sets the word
    trans.set_address(0x10'0020);
    fetcher.out->b_transport(trans, delay);
    CHECK(fetcher.withdrawn.size() == 2);
}

TEST_CASE("the TCDM keeps the contract of a TLM target", "[tcdm][bus]") {
    Bench bench({.size_bytes = 16 << 10});

    test::check_bus_contract(bench.master,
                             {.size_bytes = 16 << 10,
                              .plain_offset = 0x40,
                              .refuses_unaligned = false,
                              .refuses_odd_lengths = false},
                             bench.memory);
}
