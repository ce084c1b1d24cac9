// SPDX-License-Identifier: Apache-2.0
// The fetch stage: the machine of the hardware, and the automaton that stands for it while every
// fetch hits (docs/spec/state_machines.md 1.3, 1.4).
#include "core/pipeline/fetch_unit.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace flexv::test {

namespace {

using core::FetchStage;
using core::Front;
using core::Lead;

/// One cycle over hits.
FetchStage::Outputs clock(FetchStage& stage, FetchStage::Inputs in) {
    in.word_arrives = stage.is_waiting();
    return stage.clock(in);
}

}  // namespace

TEST_CASE("over hits the automaton and the machine agree on every instruction", "[core]") {
    std::mt19937 random(1);
    for (unsigned program = 0; program < 200; ++program) {
        Address pc = 0x1000 + 2 * Address(random() % 2);
        FetchStage stage = FetchStage::behind_request(pc);
        Lead lead = Lead::behind_redirect();
        for (unsigned step = 0; step < 60; ++step) {
            const Front front{.pc = pc, .is_compressed = random() % 2 == 0};
            while (!stage.has_front(front.is_compressed, stage.is_waiting()) || random() % 4 == 0) {
                (void)clock(stage, {.is_compressed = front.is_compressed});
                lead.idle(1);
            }
            const auto out =
                clock(stage, {.decode_takes = true, .is_compressed = front.is_compressed});
            lead.take(front.pops());
            pc = front.next();
            REQUIRE(out.is_taken);
            REQUIRE(stage.front() == pc);
            REQUIRE(Lead::of(stage).has_value());
            REQUIRE(lead.reach(pc) >> 2 == stage.requested() >> 2);
        }
    }
}

TEST_CASE("a path does to the automaton what its instructions do", "[core]") {
    std::mt19937 random(2);
    for (unsigned round = 0; round < 200; ++round) {
        Lead one = Lead::behind_redirect();
        one.idle(Cycles{random() % 6});
        Lead other = one;
        Lead::Path path;
        for (unsigned step = 0; step < random() % 20; ++step) {
            const bool pops = random() % 2 == 0;
            path.append(pops);
            one.take(pops);
        }
        other.follow(Lead::Path::from(path.bits()));
        CHECK(one.reach(0x1000) == other.reach(0x1000));
    }
}

TEST_CASE("a 32-bit target at address mod 4 = 2 comes a cycle later", "[core]") {
    FetchStage stage = FetchStage::behind_request(0x1002);

    CHECK(stage.has_front(true, true));
    CHECK_FALSE(stage.has_front(false, true));
    (void)clock(stage, {});
    CHECK(stage.has_front(false, true));
}

TEST_CASE("every word is asked for once and in order, whenever grants and words come", "[core]") {
    std::mt19937 random(6);
    FetchStage stage = FetchStage::behind_request(0x1000);
    Address granted = 0x1000;  // the last word whose request was granted
    Address arrived = 0xffc;   // the last word that came
    Address front = 0x1000;
    for (unsigned cycle = 0; cycle < 5000; ++cycle) {
        const bool comes = granted != arrived && random() % 3 != 0;
        const bool grants = (comes || granted == arrived) && random() % 3 != 0;
        const bool is_compressed = random() % 2 == 0;
        const bool takes = random() % 2 == 0;
        const Address last_byte = front + (is_compressed ? 1 : 3);
        const bool is_there = last_byte < (comes ? arrived + 4 : arrived) + 4;

        const auto out = stage.clock({.decode_takes = takes,
                                      .is_compressed = is_compressed,
                                      .word_arrives = comes,
                                      .grants = grants});

        REQUIRE(out.is_taken == (takes && is_there));
        arrived += comes ? 4U : 0U;
        front += out.is_taken ? (is_compressed ? 2U : 4U) : 0U;
        if (out.requests) {
            REQUIRE(out.address == granted + 4);
            REQUIRE(granted == arrived);
            granted += grants ? 4U : 0U;
        }
        REQUIRE(stage.front() == front);
        REQUIRE(arrived - (front & ~Address{3}) + 4 <= 4 * FetchStage::kWords);
    }
    CHECK(front > 0x2000);
}

TEST_CASE("a redirect during a miss waits for the word that nobody wants", "[core]") {
    FetchStage stage = FetchStage::behind_request(0x1000);
    CHECK_FALSE(stage.clock({.redirect = 0x2000}).requests);
    CHECK_FALSE(stage.clock({}).requests);

    const FetchStage::Outputs out = stage.clock({.word_arrives = true});

    CHECK(out.requests);
    CHECK(out.address == 0x2000);
    CHECK(stage.stored() == 0);
}

TEST_CASE("the stage asks while entry 2 is empty at the beginning of the cycle", "[core]") {
    FetchStage stage = FetchStage::behind_request(0x1000);
    unsigned requests = 1;
    for (unsigned cycle = 0; cycle < 10; ++cycle)
        requests += clock(stage, {}).requests ? 1U : 0U;

    CHECK(requests == 4);
    CHECK(stage.is_full());
}

TEST_CASE("a loop's start is asked for as soon as its last instruction is in front", "[core]") {
    FetchStage stage = FetchStage::filled(0x1010, 1, true);

    const FetchStage::Outputs out = clock(stage, {.loop_target = 0x1000});

    CHECK(out.requests);
    CHECK(out.address == 0x1000);
    CHECK(clock(stage, {.decode_takes = true, .loop_target = 0x1000}).is_taken);
    CHECK(stage.front() == 0x1000);
}

TEST_CASE("the way back of a loop is what the machine does", "[core]") {
    std::mt19937 random(3);
    for (unsigned round = 0; round < 500; ++round) {
        Lead lead = Lead::behind_redirect();
        lead.idle(Cycles{1 + random() % 6});
        const core::BackEdge::Case edge{.lead = lead,
                                        .wait = 2 + Cycles(random() % 6),
                                        .last = 0x1040 + 2 * Address(random() % 2),
                                        .is_last_compressed = random() % 2 == 0,
                                        .start = 0x1000 + 2 * Address(random() % 2),
                                        .is_start_compressed = random() % 2 == 0};
        FetchStage stage = lead.stage(edge.last);
        for (Cycles cycle = edge.wait; cycle != 0; --cycle)
            (void)clock(stage, {.decode_takes = cycle == 1,
                                .is_compressed = edge.is_last_compressed,
                                .loop_target = edge.start});
        Cycles cycles = 1;
        while (!stage.has_front(edge.is_start_compressed, stage.is_waiting())) {
            (void)clock(stage, {.is_compressed = edge.is_start_compressed});
            ++cycles;
        }

        const core::BackEdge way = core::BackEdge::of(edge);
        REQUIRE(stage.front() == edge.start);
        REQUIRE(way.cycles() >= cycles);
        REQUIRE(way.cycles() <= cycles + 1);
        REQUIRE(core::BackEdge::of(edge).lead().index() == way.lead().index());
    }
}

}  // namespace flexv::test
