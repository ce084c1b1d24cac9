// SPDX-License-Identifier: Apache-2.0
// What firmware needs of the redundancy unit: docs/spec/firmware_abi.md, section 4.
#include "hmr/hmr.hpp"

#include "support/bus_contract.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using flexv::hmr::Hmr;
using flexv::test::BusMaster;
using flexv::test::DataMaster;

namespace {

struct Bench {
    explicit Bench(const Hmr::Config& config = {}) : hmr("hmr", clock, config) {
        master.out.bind(hmr.bus_in);
        test::elaborate();
    }
    ClockDomain clock;
    Hmr hmr;
    BusMaster master{"master"};
};

}  // namespace

TEST_CASE("the mask of running cores covers all cores", "[hmr]") {
    Bench bench;

    CHECK(bench.master.read32(0x4) == 0xff);
}

TEST_CASE("the mask follows the number of cores", "[hmr]") {
    Bench bench({.core_count = 5});
    DataMaster core;

    CHECK(core.read32(bench.hmr.data_in, 0x1020'2004, 9) == 0x1f);
}

TEST_CASE("no core has anything to recover and writes change nothing", "[hmr]") {
    Bench bench;

    for (u32 offset = 0; offset < 0x400; offset += 4)
        bench.master.write32(offset, 0xffff'ffff);

    for (u32 offset = 0; offset < 0x400; offset += 4)
        CHECK(bench.master.read32(offset) == (offset == 4 ? 0xff : 0));
}

TEST_CASE("the redundancy unit keeps the contract of every bus target", "[hmr]") {
    Bench bench;

    test::check_bus_contract(bench.master, {.size_bytes = 0x400, .plain_offset = 0x4}, bench.hmr);
}
