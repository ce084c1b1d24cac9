// SPDX-License-Identifier: Apache-2.0
// The view of the fabric controller: docs/spec/cluster.md 2.6, docs/spec/firmware_abi.md section 8.
#include "fabric_port/fabric_port.hpp"

#include "support/bus_master.hpp"
#include "support/word_memory.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using flexv::fabric_port::FabricPort;
using flexv::test::DataMaster;
using flexv::test::WordMemory;

namespace {

constexpr Address kL2 = 0x1c00'0000, kPeripherals = 0x1a10'0000;

struct Bench {
    Bench() {
        port.memory_out.bind(memory.bus_in);
        port.bus_out.bind(peripherals.bus_in);
        port.surroundings_out.connect([](Address) { return std::string("nearest: soc.l2"); });
        test::elaborate();
    }
    void request(const DataRequest& request, Cycles now) {
        core.granted_at.reset();
        core.refusal.clear();
        clock.timeline.run_until(now);
        port.core_in->request(core, request, now);
        clock.timeline.run_until(now + 100);
    }

    ClockDomain clock;
    FabricPort port{"port", clock, {.memory_bytes = 256, .bus_cycles = 8}};
    WordMemory memory{"memory", 0, 256};
    WordMemory peripherals{"peripherals", kPeripherals, 64};
    DataMaster core;
};

}  // namespace

TEST_CASE("L2 answers in the cycle of the request", "[fabric_port]") {
    Bench bench;
    bench.memory.set_text(8, "abcd");

    bench.request({.address = kL2 + 8}, 20);

    CHECK(bench.core.granted_at == Cycles{20});
    CHECK(bench.core.data == 0x6463'6261);
    CHECK(bench.memory.accessed_at.back() == sc_core::sc_time(20, sc_core::SC_NS));
}

TEST_CASE("the core sees the start of L2 at address 0", "[fabric_port]") {
    Bench bench;

    bench.request({.address = 4, .data = 0x7a, .bytes = 1, .is_write = true}, 1);

    CHECK(bench.memory.text(4, 1) == "z");
}

TEST_CASE("everything else takes the cycles of the bus and of its target", "[fabric_port]") {
    Bench bench;
    bench.peripherals.delay = sc_core::sc_time(2, sc_core::SC_NS);

    bench.request({.address = kPeripherals}, 10);

    CHECK(bench.core.granted_at == Cycles{20});
}

TEST_CASE("an address that nothing takes is refused with its neighbours", "[fabric_port]") {
    Bench bench;

    bench.request({.address = 0x3000'0000}, 5);

    CHECK_FALSE(bench.core.granted_at);
    CHECK(bench.core.refusal.find("nearest: soc.l2") != std::string::npos);
}

TEST_CASE("reset in mid-operation forgets the access", "[fabric_port]") {
    Bench bench;
    bench.clock.timeline.run_until(10);
    bench.port.core_in->request(bench.core, {.address = kPeripherals}, 10);

    bench.port.reset();
    bench.clock.timeline.run_until(100);

    CHECK_FALSE(bench.core.granted_at);
}
