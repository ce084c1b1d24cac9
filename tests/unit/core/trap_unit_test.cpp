// SPDX-License-Identifier: Apache-2.0
// The trap unit without a core: what the decoder makes of the interrupt line in which cycle, and
// where traps lead (docs/spec/state_machines.md 1.2).
#include "core/pipeline/trap_unit.hpp"

#include <catch2/catch.hpp>

namespace flexv::core {

namespace {

struct Bench {
    isa::Decoder decoder{*isa::isa_subset("flexv")};
    DecodeCache code{"code", decoder, {}};
    isa::Hart hart;
    TrapUnit traps{hart, code};

    /// MIE is set from cycle 5 on, the line is high from `rise` to `fall`.
    void request(Cycles rise, Cycles fall = kNever) {
        hart.mie = true;
        traps.follow_enable(5);
        traps.drive(rise, true, 7);
        if (fall != kNever)
            traps.drive(fall, false, 0);
    }
};

}  // namespace

TEST_CASE("a request is latched once it is high and enabled", "[core][trap_unit]") {
    Bench bench;
    bench.traps.drive(3, true, 7);
    CHECK_FALSE(bench.traps.has_request());

    bench.hart.mie = true;
    bench.traps.follow_enable(5);

    CHECK(bench.traps.has_request());
    CHECK(bench.traps.id() == 7);
}

TEST_CASE("a line that is still high in the cycle behind is taken", "[core][trap_unit]") {
    Bench bench;
    bench.request(10);

    const TrapUnit::Decision decision = bench.traps.decide(4);

    CHECK(decision.is_taken);
    CHECK(decision.cycle == 13);  // latched in 10, stopped in 11, looked at in 12
}

TEST_CASE("an instruction that comes to decode later is stopped then", "[core][trap_unit]") {
    Bench bench;
    bench.request(10);

    CHECK(bench.traps.decide(20).cycle == 22);
}

TEST_CASE("a line that has fallen lets the instruction go on", "[core][trap_unit]") {
    Bench bench;
    bench.request(10, 12);

    const TrapUnit::Decision decision = bench.traps.decide(4);

    CHECK_FALSE(decision.is_taken);
    CHECK(decision.cycle == 14);
    CHECK_FALSE(bench.traps.has_request());
}

TEST_CASE("the vector holds interrupts off and remembers where it came from", "[core][trap_unit]") {
    Bench bench;
    bench.hart.mtvec = 0x1c00'0000;
    bench.request(10);

    bench.traps.enter_vector(0x1c00'1234, 0x8000'0007, 7);

    CHECK(bench.hart.pc == 0x1c00'001c);
    CHECK(bench.hart.mepc == 0x1c00'1234);
    CHECK(bench.hart.mcause == 0x8000'0007);
    CHECK(bench.hart.mpie);
    CHECK_FALSE(bench.hart.mie);
    CHECK_FALSE(bench.traps.has_request());
}

TEST_CASE("a sleep ends no sooner than the pipeline has emptied", "[core][trap_unit]") {
    Bench bench;
    bench.traps.drive(40, true, 7);

    CHECK(bench.traps.wakes_at(30, 20) == 40);
    CHECK(bench.traps.wakes_at(100, 20) == 100 - pipeline::kWakeUp);
    CHECK(bench.traps.wakes_in(40, 30));
    CHECK_FALSE(bench.traps.wakes_in(39, 30));
    CHECK_FALSE(bench.traps.takes_behind_sleep(40));  // not enabled
}

TEST_CASE("behind a reset there is neither a line nor a request", "[core][trap_unit]") {
    Bench bench;
    bench.request(10);

    bench.traps.reset();

    CHECK_FALSE(bench.traps.wakes());
    CHECK_FALSE(bench.traps.has_request());
}

}  // namespace flexv::core
