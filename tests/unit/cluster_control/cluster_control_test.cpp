// SPDX-License-Identifier: Apache-2.0
// Start of cores, end of computation, the repeats of the address decoder; offsets and reset values
// are those of docs/spec/cluster.md, section 4.
#include "cluster_control/cluster_control.hpp"

#include "support/bus_contract.hpp"

#include <catch2/catch.hpp>

#include <tuple>

using namespace flexv;
using flexv::cluster_control::ClusterControl;
using flexv::test::BusMaster;
using flexv::test::DataMaster;

namespace {

constexpr Address kEoc = 0x00, kFetchEn = 0x08, kClusterCfg = 0x18, kClkGate = 0x20;
constexpr Address kBootAddr = 0x40, kArb0 = 0x80, kArb1 = 0x88, kArb0Rep = 0xc0, kReturn = 0x100;

struct Bench {
    explicit Bench(const ClusterControl::Config& config = {}) : control("control", clock, config) {
        master.out.bind(control.bus_in);
        control.fetch_enable_out.connect([this](unsigned index, bool enabled, Cycles now) {
            starts.emplace_back(index, enabled, now);
        });
        control.end_of_computation_out.connect(
            [this](u32 value, Cycles now) { ends.emplace_back(value, now); });
        test::elaborate();
    }
    ClockDomain clock;
    ClusterControl control;
    BusMaster master{"master"};
    DataMaster core{5};
    std::vector<std::tuple<unsigned, bool, Cycles>> starts;
    std::vector<std::pair<u32, Cycles>> ends;
};

}  // namespace

TEST_CASE("the registers have the reset values of the specification", "[cluster_control]") {
    Bench bench({.boot_address = 0x1c00'8080});

    CHECK(bench.master.read32(kEoc) == 0);
    CHECK(bench.master.read32(kFetchEn) == 0);
    CHECK(bench.master.read32(kClusterCfg) == 0x20000);
    CHECK(bench.master.read32(kBootAddr + 4 * 15) == 0x1c00'8080);
    CHECK(bench.master.read32(kReturn) == 0);
}

TEST_CASE("fetch enable reports each core that changes, with the cycle", "[cluster_control]") {
    Bench bench;

    bench.core.write32(bench.control.data_in, 0x1020'0008, 0x05, 10);
    bench.core.write32(bench.control.data_in, 0x1020'0008, 0xfff6, 20);

    using Start = std::tuple<unsigned, bool, Cycles>;
    CHECK(bench.starts == std::vector<Start>{{0, true, Cycles{10}},
                                             {2, true, Cycles{10}},
                                             {0, false, Cycles{20}},
                                             {1, true, Cycles{20}},
                                             {4, true, Cycles{20}},
                                             {5, true, Cycles{20}},
                                             {6, true, Cycles{20}},
                                             {7, true, Cycles{20}}});
    CHECK(bench.master.read32(kFetchEn) == 0xf6);
    CHECK(bench.control.fetch_enabled(7));
    CHECK_FALSE(bench.control.fetch_enabled(3));
}

TEST_CASE("the fetch-enable pin starts the cores that do not run yet", "[cluster_control]") {
    Bench bench({.core_count = 3});
    bench.master.write32(kFetchEn, 2);
    bench.starts.clear();

    bench.control.enable_fetch(0xff, 7);

    using Start = std::tuple<unsigned, bool, Cycles>;
    CHECK(bench.starts == std::vector<Start>{{0, true, Cycles{7}}, {2, true, Cycles{7}}});
    CHECK(bench.master.read32(kFetchEn) == 7);
}

TEST_CASE("a core starts at its boot address without bit 0", "[cluster_control]") {
    Bench bench;

    bench.master.write32(kBootAddr + 4 * 3, 0x1c00'8081);

    CHECK(bench.control.boot_address(3) == 0x1c00'8080);
    CHECK(bench.control.boot_address(4) == 0x1c00'0000);
    CHECK(bench.master.read32(kBootAddr + 4 * 3) == 0x1c00'8081);
}

TEST_CASE("the end of computation is reported once, with the return value", "[cluster_control]") {
    Bench bench;
    bench.core.write32(bench.control.data_in, kReturn, 0x8000'0003, 30);

    bench.core.write32(bench.control.data_in, kEoc, 1, 40);
    bench.core.write32(bench.control.data_in, kEoc, 1, 41);

    CHECK(bench.ends == std::vector<std::pair<u32, Cycles>>{{0x8000'0003, Cycles{40}}});
    CHECK(bench.control.end_of_computation());
}

TEST_CASE("the arbitration registers and their replicas are one", "[cluster_control]") {
    Bench bench;

    bench.master.write32(kArb0Rep, 1);
    CHECK(bench.master.read32(kArb0) == 1);
    CHECK(bench.control.core_side_fixed_priority());
    CHECK_FALSE(bench.control.dma_side_fixed_priority());

    bench.master.write32(kArb0, 0);
    bench.master.write32(kArb1, 1);
    CHECK(bench.master.read32(kArb0Rep) == 0);
    CHECK(bench.control.dma_side_fixed_priority());
}

TEST_CASE("most registers repeat, and what is not there reads zero", "[cluster_control]") {
    Bench bench;
    bench.master.write32(kClkGate, 1);
    bench.master.write32(kReturn, 77);

    CHECK(bench.master.read32(kClkGate + 4) == 1);
    CHECK(bench.master.read32(kReturn + 0x204) == 77);
    CHECK(bench.master.read32(0x30) == 0);
    CHECK(bench.control.clock_gating_enabled());
}

TEST_CASE("the interconnect's settings come out of CLUSTER_CFG", "[cluster_control]") {
    Bench bench;

    bench.master.write32(kClusterCfg, 0x10a);

    CHECK(bench.control.low_priority_max_stall() == 10);
    CHECK(bench.control.inverts_priority());
}

TEST_CASE("reset in mid-operation returns to the reset values", "[cluster_control]") {
    Bench bench;
    bench.master.write32(kFetchEn, 0xff);
    bench.master.write32(kEoc, 1);
    bench.master.write32(kBootAddr, 4);

    bench.control.reset();

    CHECK_FALSE(bench.control.fetch_enabled(0));
    CHECK_FALSE(bench.control.end_of_computation());
    CHECK(bench.control.boot_address(0) == 0x1c00'0000);
}

TEST_CASE("a core count that does not fit is the user's mistake", "[cluster_control]") {
    ClockDomain clock;

    CHECK_THROWS_AS(ClusterControl("none", clock, {.core_count = 0}), UserError);
    CHECK_THROWS_AS(ClusterControl("many", clock, {.core_count = 17}), UserError);
}

TEST_CASE("cluster control keeps the contract of every bus target", "[cluster_control]") {
    Bench bench;

    test::check_bus_contract(bench.master, {.size_bytes = 0x400, .plain_offset = kReturn},
                             bench.control);
    CHECK(bench.starts.empty());
    CHECK(bench.ends.empty());
}

TEST_CASE("a debug write starts no core", "[cluster_control]") {
    Bench bench;

    bench.master.debug_write32(kFetchEn, 0xff);

    CHECK(bench.starts.empty());
}
