// SPDX-License-Identifier: Apache-2.0
#include "placeholder/placeholder.hpp"

#include "support/bus_contract.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using flexv::placeholder::Placeholder;
using flexv::test::BusMaster;

namespace {

struct Bench {
    Bench() {
        master.out.bind(placeholder.bus_in);
        test::elaborate();
    }
    ClockDomain clock;
    Placeholder placeholder{"gpio", clock, {.what = "GPIO", .size_bytes = 0x100}};
    BusMaster master{"master"};
};

}  // namespace

TEST_CASE("a placeholder reads 0 whatever is written", "[placeholder]") {
    Bench bench;

    bench.master.write32(0x10, ~0U);

    CHECK(bench.master.read32(0x10) == 0);
    CHECK(bench.placeholder.counters().front().value() == 2);
}

TEST_CASE("a placeholder goes on after a reset", "[placeholder]") {
    Bench bench;
    bench.master.write32(0, 1);

    bench.placeholder.reset();

    CHECK(bench.master.read32(0) == 0);
}

TEST_CASE("a placeholder keeps the contract of every bus target", "[placeholder]") {
    Bench bench;

    test::check_bus_contract(bench.master, {.size_bytes = 0x100, .plain_offset = 0},
                             bench.placeholder);
}
