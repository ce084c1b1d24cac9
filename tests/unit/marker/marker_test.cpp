// SPDX-License-Identifier: Apache-2.0
// The marker device through its port: measurements, exits, the meeting point and the interrupt
// line.
#include "marker/marker.hpp"

#include "support/bus_master.hpp"

#include <tlm_utils/simple_target_socket.h>
#include <catch2/catch.hpp>

#include <array>
#include <memory>

using namespace flexv;
using flexv::marker::Marker;
using flexv::test::DataMaster;

namespace {

constexpr Address kBase = 0x1a10'f000;
constexpr Address kStart = kBase, kStop = kBase + 4, kExit = kBase + 8, kInterrupt = kBase + 16;
constexpr Address kSync = kBase + 32;

struct Edge {
    Cycles cycle = 0;
    bool asserted = false;
    unsigned id = 0;

    bool operator==(const Edge&) const = default;
};

struct InterruptInput final : InterruptTarget {
    void interrupt(Cycles cycle, bool asserted, unsigned id) override {
        edges.push_back({cycle, asserted, id});
    }

    std::vector<Edge> edges;
};

struct AcknowledgeInput final : InterruptSource {
    void acknowledge(unsigned /*core*/, unsigned id, Cycles /*now*/) override { last_id = id; }

    unsigned last_id = 0;
};

/// 64 bytes from address 0.
struct Memory final : sc_core::sc_module {
    tlm_utils::simple_target_socket<Memory> bus_in{"bus_in"};

    explicit Memory(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        bus_in.register_transport_dbg(this, &Memory::transport_dbg);
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& trans) {
        if (trans.get_address() + trans.get_data_length() > bytes.size())
            return 0;
        u8* const place = bytes.data() + trans.get_address();
        if (trans.is_write())
            std::copy_n(trans.get_data_ptr(), trans.get_data_length(), place);
        else
            std::copy_n(place, trans.get_data_length(), trans.get_data_ptr());
        return trans.get_data_length();
    }
    std::array<u8, 64> bytes{};
};

struct Bench {
    explicit Bench(unsigned core_count) : marker("marker", clock, {.core_count = core_count}) {
        for (unsigned index = 0; index < core_count; ++index)
            harts.push_back(std::make_unique<DataMaster>(index));
        marker.interrupt_out[0](interrupt);
        marker.interrupt_ack_out(acknowledged);
        marker.memory_out.bind(memory.bus_in);
        marker.sample_out.connect([this](unsigned) { return counted; });
        marker.exit_out.connect([this](u32 code, Cycles now) { exits.emplace_back(code, now); });
        test::elaborate();
    }
    void store(unsigned hart, Address address, u32 value, Cycles now) {
        clock.timeline.run_until(now);
        harts[hart]->write32(marker.core_in, address, value, now);
    }
    /// A load that may have to wait.
    void load(unsigned hart, Address address, Cycles now) {
        clock.timeline.run_until(now);
        harts[hart]->granted_at.reset();
        marker.core_in->request(*harts[hart], {.address = address}, now);
    }
    u64 counter(const std::string& name) const {
        for (const CounterInfo& info : marker.counters())
            if (info.name == name)
                return info.value();
        FAIL("no counter " << name);
        return 0;
    }

    ClockDomain clock;
    Marker marker;
    Memory memory{"memory"};
    InterruptInput interrupt;
    AcknowledgeInput acknowledged;
    std::vector<std::unique_ptr<DataMaster>> harts;
    marker::HartSample counted;
    std::vector<std::pair<u32, Cycles>> exits;
};

}  // namespace

TEST_CASE("a measurement has the cycles and instructions from start to stop", "[marker]") {
    Bench bench(1);

    bench.counted = {.instructions = 40, .tcdm_stalls = 5};
    bench.store(0, kStart, 0, 100);
    bench.counted = {.instructions = 41, .tcdm_stalls = 7};
    bench.store(0, kStop, 0, 101);

    CHECK(bench.counter("hart0_started") == 1);
    CHECK(bench.counter("hart0_start") == 100);
    CHECK(bench.counter("hart0_stop") == 101);
    CHECK(bench.counter("hart0_instructions") == 1);
    CHECK(bench.counter("hart0_tcdm_stalls") == 2);
}

TEST_CASE("the last start before the first stop counts", "[marker]") {
    Bench bench(1);

    bench.store(0, kStop, 0, 5);
    bench.store(0, kStart, 0, 10);
    bench.store(0, kStart, 0, 20);
    bench.store(0, kStop, 0, 30);
    bench.store(0, kStop, 0, 40);

    CHECK(bench.counter("hart0_start") == 20);
    CHECK(bench.counter("hart0_stop") == 30);
}

TEST_CASE("the run ends when all harts have exited, with the first value that is not 0",
          "[marker]") {
    Bench bench(3);

    bench.store(1, kExit, 0, 10);
    bench.store(2, kExit, 7, 20);
    CHECK(bench.exits.empty());
    bench.store(0, kExit, 9, 30);

    REQUIRE(bench.exits.size() == 1);
    CHECK(bench.exits[0] == std::pair{7U, Cycles{30}});
    CHECK(bench.counter("hart0_exit") == 9);
    CHECK(bench.counter("hart1_exit") == 0);
    CHECK(bench.counter("hart2_exit") == 7);
}

TEST_CASE("the meeting point lets all harts go in the cycle in which the last one comes",
          "[marker]") {
    Bench bench(3);

    bench.load(1, kSync, 10);
    bench.load(0, kSync, 11);
    CHECK_FALSE(bench.harts[1]->granted_at);
    CHECK(bench.marker.waits_for(*bench.harts[0]) ==
          "the meeting point of all harts, where these are missing: 2");
    bench.load(2, kSync, 15);

    for (const auto& hart : bench.harts)
        CHECK(hart->granted_at == Cycles{15});
}

TEST_CASE("harts at the meeting point do not wait for one that exits", "[marker]") {
    Bench bench(2);

    bench.load(0, kSync, 10);
    bench.store(1, kExit, 0, 12);
    bench.clock.timeline.run_until(20);

    CHECK(bench.harts[0]->granted_at == Cycles{13});
}

TEST_CASE("a hart that takes back its request is not met", "[marker]") {
    Bench bench(2);

    bench.load(0, kSync, 10);
    bench.marker.core_in->cancel(*bench.harts[0], 11);
    bench.load(1, kSync, 12);

    CHECK_FALSE(bench.harts[0]->granted_at);
    CHECK_FALSE(bench.harts[1]->granted_at);
}

TEST_CASE("the interrupt line is high N + 1 cycles after the store of N", "[marker]") {
    Bench bench(1);

    bench.store(0, kInterrupt, 20, 100);
    bench.clock.timeline.run_until(120);
    CHECK(bench.interrupt.edges.empty());
    bench.clock.timeline.run_until(130);

    REQUIRE(bench.interrupt.edges.size() == 1);
    CHECK(bench.interrupt.edges[0] == Edge{121, true, 3});
}

TEST_CASE("an acknowledge lowers the interrupt line", "[marker]") {
    Bench bench(1);
    bench.store(0, kInterrupt, 1, 100);
    bench.clock.timeline.run_until(110);

    bench.marker.interrupt_ack_in->acknowledge(0, 3, 110);

    REQUIRE(bench.interrupt.edges.size() == 2);
    CHECK(bench.interrupt.edges[1] == Edge{111, false, 3});
    CHECK(bench.acknowledged.last_id == 0);
}

TEST_CASE("a store of 0 lowers the interrupt line", "[marker]") {
    Bench bench(1);
    bench.store(0, kInterrupt, 1, 100);

    bench.store(0, kInterrupt, 0, 110);

    REQUIRE(bench.interrupt.edges.size() == 2);
    CHECK(bench.interrupt.edges[0] == Edge{102, true, 3});
    CHECK(bench.interrupt.edges[1] == Edge{111, false, 3});
}

TEST_CASE("a store of 0 disarms an interrupt that has not come", "[marker]") {
    Bench bench(1);

    bench.store(0, kInterrupt, 20, 100);
    bench.store(0, kInterrupt, 0, 110);
    bench.clock.timeline.run_until(200);

    for (const Edge& edge : bench.interrupt.edges)
        CHECK_FALSE(edge.asserted);
}

TEST_CASE("acknowledges of other interrupts are passed on", "[marker]") {
    Bench bench(1);

    bench.marker.interrupt_ack_in->acknowledge(0, 11, 50);

    CHECK(bench.acknowledged.last_id == 11);
}

TEST_CASE("other addresses reach the memory in the same cycle, or are refused", "[marker]") {
    Bench bench(1);

    bench.store(0, 0x10, 0xcafe'f00d, 5);
    CHECK(bench.harts[0]->access(bench.marker.core_in, {.address = 0x12, .bytes = 2}, 6) == 0xcafe);
    bench.store(0, 0x40, 1, 7);

    CHECK_FALSE(bench.harts[0]->refusal.empty());
}

TEST_CASE("offsets without a meaning read 0 and ignore stores", "[marker]") {
    Bench bench(1);

    bench.store(0, kBase + 0xff0, 1, 5);

    CHECK(bench.harts[0]->read32(bench.marker.core_in, kBase + 0xff0, 6) == 0);
    CHECK(bench.harts[0]->read32(bench.marker.core_in, kStart, 7) == 0);
    CHECK(bench.counter("hart0_started") == 0);
}
