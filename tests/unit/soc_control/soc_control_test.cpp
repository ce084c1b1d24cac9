// SPDX-License-Identifier: Apache-2.0
// Offsets and reset values are those of docs/spec/firmware_abi.md, section 7.2.
#include "soc_control/soc_control.hpp"

#include "support/bus_contract.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using flexv::soc_control::SocControl;
using flexv::test::BusMaster;
using flexv::test::DataMaster;

namespace {

constexpr Address kInfo = 0x00, kFcBoot = 0x04, kPadFun = 0x10, kClusterCtrl = 0x70;
constexpr Address kJtagReg = 0x74, kCoreStatus = 0xa0, kCoreStatusRo = 0xc0, kBootSel = 0xc4;

struct Bench {
    explicit Bench(const SocControl::Config& config = {}) : control("control", clock, config) {
        master.out.bind(control.bus_in);
        control.core_status_out.connect(
            [this](u32 value, Cycles now) { statuses.emplace_back(value, now); });
        control.cluster_reset_out.connect(
            [this](bool is_held, Cycles now) { resets.emplace_back(is_held, now); });
        test::elaborate();
    }
    ClockDomain clock;
    SocControl control;
    BusMaster master{"master"};
    std::vector<std::pair<u32, Cycles>> statuses;
    std::vector<std::pair<bool, Cycles>> resets;
};

}  // namespace

TEST_CASE("INFO shows the size of the chip", "[soc_control]") {
    Bench bench({.core_count = 4, .cluster_count = 1});

    CHECK(bench.master.read32(kInfo) == 0x0004'0001);
}

TEST_CASE("the boot registers have their reset values and pins", "[soc_control]") {
    Bench bench({.boot_select = 2});

    CHECK(bench.master.read32(kFcBoot) == 0x1a00'0080);
    CHECK(bench.master.read32(kClusterCtrl) == 0x9);
    CHECK(bench.master.read32(kBootSel) == 2);

    bench.master.write32(kFcBoot, 0x1c00'8080);
    CHECK(bench.control.fc_boot_address() == 0x1c00'8080);
}

TEST_CASE("RESETN of CLUSTER_CTRL tells when the cluster is held in reset and let go",
          "[soc_control]") {
    Bench bench;
    DataMaster fabric_controller;
    constexpr Address kRegister = 0x1a10'4000 + kClusterCtrl;

    fabric_controller.write32(bench.control.data_in, kRegister, 0xb, 10);  // POWER changes
    fabric_controller.write32(bench.control.data_in, kRegister, 0x3, 20);
    fabric_controller.write32(bench.control.data_in, kRegister, 0x1, 30);
    fabric_controller.write32(bench.control.data_in, kRegister, 0x9, 40);

    CHECK(bench.resets ==
          std::vector<std::pair<bool, Cycles>>{{true, Cycles{20}}, {false, Cycles{40}}});
}

TEST_CASE("each write of CORESTATUS is reported with its cycle and mirrored", "[soc_control]") {
    Bench bench;
    DataMaster fabric_controller;

    fabric_controller.write32(bench.control.data_in, 0x1a10'40a0, 0x8000'0002, 123);

    CHECK(bench.statuses == std::vector<std::pair<u32, Cycles>>{{0x8000'0002, Cycles{123}}});
    CHECK(bench.master.read32(kCoreStatusRo) == 0x8000'0002);
    bench.master.write32(kCoreStatusRo, 0);
    CHECK(bench.control.core_status() == 0x8000'0002);
}

TEST_CASE("pads store what is written", "[soc_control]") {
    Bench bench;

    for (u32 offset = kPadFun; offset < 0x60; offset += 4) {
        CHECK(bench.master.read32(offset) == 0);
        bench.master.write32(offset, 0xffff'fff0 + offset);
        CHECK(bench.master.read32(offset) == 0xffff'fff0 + offset);
    }
}

TEST_CASE("the JTAG handshake register keeps its upper byte", "[soc_control]") {
    Bench bench;

    bench.master.write32(kJtagReg, 0xffff);

    CHECK(bench.master.read32(kJtagReg) == 0xff);
}

TEST_CASE("reset in mid-operation clears the status", "[soc_control]") {
    Bench bench;
    bench.master.write32(kCoreStatus, 5);

    bench.control.reset();

    CHECK(bench.control.core_status() == 0);
}

TEST_CASE("SoC control keeps the contract of every bus target", "[soc_control]") {
    Bench bench;

    test::check_bus_contract(bench.master, {.size_bytes = 0x1000, .plain_offset = kFcBoot},
                             bench.control);
    CHECK(bench.statuses.empty());
}
