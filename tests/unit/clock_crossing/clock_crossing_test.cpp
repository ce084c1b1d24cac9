// SPDX-License-Identifier: Apache-2.0
// Order between two clock domains: docs/decisions/0004-two-clock-domains.md.
#include "clock_crossing/clock_crossing.hpp"

#include "support/bus_master.hpp"
#include "support/word_memory.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using flexv::clock_crossing::ClockCrossing;
using flexv::test::BusMaster;
using flexv::test::WordMemory;

namespace {

struct Sleeper final : Agent {
    void act(Cycles now) override { acted_at = now; }
    Cycles acted_at = 0;
};

struct Bench {
    Bench() {
        to.period = sc_core::sc_time(3, sc_core::SC_NS);
        master.out.bind(crossing.bus_in);
        crossing.bus_out.bind(memory.bus_in);
        crossing.is_cut_out.connect([this] { return is_cut; });
        to.timeline.add(agent);
        test::elaborate();
    }
    ClockDomain from;  // 1 ns
    ClockDomain to;    // 3 ns
    ClockCrossing crossing{"crossing", from, to};
    WordMemory memory{"memory", 0, 16};
    BusMaster master{"master"};
    Sleeper agent;
    bool is_cut = false;
};

}  // namespace

TEST_CASE("an access arrives at the next edge of the other clock", "[clock_crossing]") {
    Bench bench;
    bench.from.timeline.run_until(10);

    bench.master.write(0, 7, 4, sc_core::sc_time(10, sc_core::SC_NS));

    CHECK(bench.to.timeline.now() == 4);
    CHECK(bench.memory.bytes[0] == 7);
    CHECK(bench.memory.accessed_at.back() == sc_core::sc_time(10, sc_core::SC_NS));
}

/// The cycle of `to` in which an access of cycle 10 is carried out that has gathered 20 ns more on
/// its way; kNever: nothing is planned there.
Cycles meeting_with(Cycles planned) {
    Bench bench;
    bench.from.timeline.run_until(10);
    if (planned != kNever)
        bench.to.timeline.schedule(bench.agent, planned);
    bench.master.write(0, 7, 4, sc_core::sc_time(30, sc_core::SC_NS));
    CHECK(bench.memory.accessed_at.back() == sc_core::sc_time(30, sc_core::SC_NS));
    return bench.to.timeline.now();
}

TEST_CASE("an access meets the other domain where its initiator is", "[clock_crossing]") {
    CHECK(meeting_with(kNever) == 4);
}

TEST_CASE("what the other domain plans does not change when an access meets it",
          "[clock_crossing]") {
    CHECK(meeting_with(6) == 4);
}

TEST_CASE("an access that wakes the other domain stops its own", "[clock_crossing]") {
    Bench bench;
    struct Master final : Agent {
        explicit Master(Bench& owner) : bench(owner) { owner.from.timeline.add(*this); }
        void act(Cycles now) override {
            bench.master.write(0, 1, 4, bench.from.time_of(now));
            bench.to.timeline.schedule(bench.agent, bench.to.timeline.now() + 1);
            bench.master.write(0, 1, 4, bench.from.time_of(now));
        }
        Bench& bench;
    } initiator(bench);
    bench.from.timeline.schedule(initiator, 5);

    CHECK(bench.from.timeline.run_until(1000) == 6);
    CHECK(bench.to.next_act_ticks() == sc_core::sc_time(9, sc_core::SC_NS).value());
}

TEST_CASE("a far side that is cut off refuses accesses, but not those of a debugger",
          "[clock_crossing]") {
    Bench bench;
    bench.is_cut = true;

    CHECK(bench.master.write(0, 7, 4).status == tlm::TLM_ADDRESS_ERROR_RESPONSE);

    CHECK(bench.memory.bytes[0] == 0);
    CHECK(bench.memory.accessed_at.empty());
    CHECK(bench.master.debug_read32(0) == 0);
    bench.is_cut = false;
    CHECK(bench.master.write(0, 7, 4).status == tlm::TLM_OK_RESPONSE);
    CHECK(bench.memory.bytes[0] == 7);
}

TEST_CASE("debug access passes without bringing the other domain forward", "[clock_crossing]") {
    Bench bench;
    bench.memory.set_text(4, "abcd");

    CHECK(bench.master.debug_read32(4) == 0x6463'6261);
    CHECK(bench.to.timeline.now() == 0);
}
