// SPDX-License-Identifier: Apache-2.0
// Offsets and reset values: docs/spec/firmware_abi.md, section 7.1.
#include "fll/fll.hpp"

#include "support/bus_contract.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using flexv::fll::Fll;
using flexv::test::BusMaster;

namespace {

constexpr Address kStatus = 0, kConf1 = 4, kConf2 = 8, kIntegrator = 12;
constexpr u32 kNormal = 0xc400'0000;  // mode 1, lock enable, divider code 1

struct Bench {
    Bench() {
        master.out.bind(fll.bus_in);
        fll.frequency_out.connect([this](double hz) { frequencies.push_back(hz); });
        test::elaborate();
    }
    ClockDomain clock;
    Fll fll{"fll", clock, {}};
    BusMaster master{"master"};
    std::vector<double> frequencies;
};

}  // namespace

TEST_CASE("an FLL comes out of reset at 49.97 MHz in stand-alone mode", "[fll]") {
    Bench bench;

    CHECK(bench.master.read32(kConf1) == 0x454c'05f5);
    CHECK(bench.master.read32(kConf2) == 0x0200'4109);
    CHECK(bench.master.read32(kIntegrator) == 0);
    CHECK(bench.master.read32(kStatus) == 0x05f5);
    CHECK(bench.fll.frequency_hz() == Approx(32768.0 * 1525));
}

TEST_CASE("in normal mode a write of CONF1 sets the frequency", "[fll]") {
    Bench bench;

    bench.master.write32(kConf1, kNormal | 3052);

    CHECK(bench.frequencies == std::vector<double>{32768.0 * 3052});
    CHECK(bench.master.read32(kStatus) == 3052);
}

TEST_CASE("the divider code halves the frequency", "[fll]") {
    Bench bench;

    bench.master.write32(kConf1, 0xcc00'0000 | 1000);  // code 3: / 4

    CHECK(bench.frequencies == std::vector<double>{32768.0 * 250});
}

TEST_CASE("stand-alone mode changes no clock", "[fll]") {
    Bench bench;

    bench.master.write32(kConf1, 0x4400'0000 | 3052);

    CHECK(bench.frequencies.empty());
}

TEST_CASE("a multiplier of 0 does not stop the clock", "[fll]") {
    Bench bench;

    bench.master.write32(kConf1, kNormal);

    CHECK(bench.frequencies.empty());
}

TEST_CASE("reset in mid-operation restores CONF1 of the FLL", "[fll]") {
    Bench bench;
    bench.master.write32(kConf1, kNormal | 3052);

    bench.fll.reset();

    CHECK(bench.master.read32(kConf1) == 0x454c'05f5);
}

TEST_CASE("the FLL keeps the contract of every bus target", "[fll]") {
    Bench bench;

    test::check_bus_contract(bench.master, {.size_bytes = 0x10, .plain_offset = kConf2}, bench.fll);
}
