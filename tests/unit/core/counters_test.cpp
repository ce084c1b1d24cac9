// SPDX-License-Identifier: Apache-2.0
// Counts of a core without a core. Numbers of events: docs/spec/isa.md 3.4.
#include "core/counters.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::core;

namespace {

constexpr unsigned kElapsed = 0;
constexpr unsigned kInstructions = 1;
constexpr unsigned kLoadUse = 2;
constexpr unsigned kJumpRegister = 3;
constexpr unsigned kStores = 6;
constexpr unsigned kContention = 16;

struct Bench {
    isa::Hart hart;
    Cycles now = 0;
    Counters counters{hart, now, 0};
};

unsigned row_of(isa::Energy energy) {
    for (const isa::Instruction& row : isa::all_instructions())
        if (row.energy == energy)
            return unsigned(isa::index_of(row));
    return isa::kMaxRows;
}

}  // namespace

TEST_CASE("active cycles are instructions and stalls", "[core][counters]") {
    Bench bench;

    bench.counters.instructions.add(row_of(isa::Energy::alu));
    bench.counters.stall(Stall::tcdm, 3);
    bench.counters.stall(Stall::flush, 2);

    CHECK(bench.counters.active() == 1 + 3 + 2);
    CHECK(bench.counters.count(kInstructions) == 1);
}

TEST_CASE("cycles with the clock on are counted from the first instruction", "[core][counters]") {
    Bench bench;
    bench.counters.start(100);

    bench.now = 130;
    bench.counters.sleep(5);

    CHECK(bench.counters.count(kElapsed) == 25);
}

TEST_CASE("a wait for a jump's register is not a load-use stall", "[core][counters]") {
    Bench bench;

    bench.counters.stall(Stall::load_use, 3);
    bench.counters.add(Event::jump_register_wait);

    CHECK(bench.counters.count(kLoadUse) == 2);
    CHECK(bench.counters.count(kJumpRegister) == 1);
}

TEST_CASE("a misaligned store counts for each of its requests", "[core][counters]") {
    Bench bench;

    bench.counters.instructions.add(row_of(isa::Energy::store));
    bench.counters.add(Event::split_store);

    CHECK(bench.counters.count(kStores) == 2);
}

TEST_CASE("contention at the TCDM and unknown events stay 0", "[core][counters]") {
    Bench bench;

    bench.counters.stall(Stall::tcdm, 3);

    CHECK(bench.counters.count(kContention) == 0);
    CHECK(bench.counters.count(31) == 0);
}

TEST_CASE("after a reset nothing has been counted", "[core][counters]") {
    Bench bench;
    bench.counters.start(7);
    bench.counters.instructions.add(row_of(isa::Energy::alu));
    bench.counters.add(Event::refill, 4);
    bench.counters.stall(Stall::fetch, 2);
    bench.counters.sleep(1);

    bench.counters.reset();

    CHECK(bench.counters.active() == 0);
    CHECK(bench.counters.asleep() == 0);
    CHECK(bench.counters[Event::refill] == 0);
    CHECK(bench.counters.elapsed() == bench.now);
}
