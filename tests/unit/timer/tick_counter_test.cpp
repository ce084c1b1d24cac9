// SPDX-License-Identifier: Apache-2.0
// The closed form of the counter against a counter that is clocked cycle by cycle.
#include "timer/tick_counter.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace flexv;
using flexv::timer::TickCounter;

namespace {

/// The same counter, one clock edge at a time.
struct ClockedCounter {
    TickCounter::Settings settings;
    u64 count = 0;
    u64 prescale = 0;
    bool enabled = false;

    void edge(Cycles cycle) {
        const bool was_match = count == settings.compare;
        const bool counts = enabled && !settings.is_paused;
        const bool is_tick = counts && is_source_edge(cycle) && prescale_wraps();
        if (is_tick)
            count = was_match && settings.clears_on_match ? 0 : (count + 1) & mask();
        if (counts && settings.stops_after_match && was_match) {
            enabled = false;
            count = settings.clears_on_match ? 0 : count;
        }
    }

private:
    [[nodiscard]] bool is_source_edge(Cycles cycle) const {
        return (cycle + 1) % settings.cycles_per_edge == 0;
    }
    bool prescale_wraps() {
        prescale = (prescale + 1) % settings.edges_per_tick;
        return prescale == 0;
    }
    [[nodiscard]] u64 mask() const {
        return settings.width_bits == 64 ? ~u64{0} : (u64{1} << settings.width_bits) - 1;
    }
};

TickCounter running(const TickCounter::Settings& settings) {
    TickCounter counter;
    counter.configure(settings);
    counter.enable(true);
    return counter;
}

}  // namespace

TEST_CASE("a counter that is not enabled stands still", "[timer]") {
    TickCounter counter;
    counter.set_count(5);

    counter.advance(1000);

    CHECK(counter.count() == 5);
    CHECK(counter.next_change() == kNever);
}

TEST_CASE("a prescaler of n counts every n-th cycle", "[timer]") {
    TickCounter counter = running({.edges_per_tick = 4});

    counter.advance(3);
    CHECK(counter.count() == 0);
    counter.advance(4);
    CHECK(counter.count() == 1);
    counter.advance(4003);
    CHECK(counter.count() == 1000);
}

TEST_CASE("the reference clock counts its edges since cycle 0", "[timer]") {
    TickCounter counter;
    counter.advance(150);
    counter.configure({.cycles_per_edge = 100});
    counter.enable(true);

    counter.advance(199);
    CHECK(counter.count() == 0);
    counter.advance(200);
    CHECK(counter.count() == 1);
}

TEST_CASE("clear on match gives a period of compare + 1 ticks", "[timer]") {
    TickCounter counter = running({.compare = 9, .clears_on_match = true});

    CHECK(counter.next_change() == 9);
    counter.advance(9);
    CHECK(counter.is_match());
    CHECK(counter.next_change() == 10);
    counter.advance(10);
    CHECK(counter.count() == 0);
    CHECK(counter.next_change() == 19);
    counter.advance(10'000'005);
    CHECK(counter.count() == 5);
}

TEST_CASE("one shot with clear stops at 0 after one cycle of match", "[timer]") {
    TickCounter counter =
        running({.compare = 3, .clears_on_match = true, .stops_after_match = true});

    counter.advance(3);
    CHECK(counter.is_match());
    CHECK(counter.is_enabled());
    counter.advance(4);
    CHECK_FALSE(counter.is_enabled());
    CHECK(counter.count() == 0);
    counter.advance(400);
    CHECK(counter.count() == 0);
}

TEST_CASE("the joint counter carries into its upper half", "[timer]") {
    TickCounter counter = running({.width_bits = 64, .compare = u64{1} << 33});
    counter.set_count(0xffff'fffe);

    counter.advance(3);

    CHECK(counter.count() == 0x1'0000'0001);
    CHECK(counter.next_change() == 3 + Cycles{(u64{1} << 33) - 0x1'0000'0001});
}

TEST_CASE("a match beyond the end of time never comes", "[timer]") {
    const TickCounter counter =
        running({.width_bits = 64, .compare = ~u64{0}, .edges_per_tick = 256});

    CHECK(counter.next_change() == kNever);
}

TEST_CASE("random settings count as a clocked counter does", "[timer][property]") {
    const u64 seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937_64 random(seed);

    for (unsigned run = 0; run < 200; ++run) {
        const TickCounter::Settings settings{.width_bits = random() % 2 == 0 ? 5U : 32U,
                                             .compare = random() % 12,
                                             .cycles_per_edge = Cycles{1 + random() % 3},
                                             .edges_per_tick = u32(1 + random() % 3),
                                             .clears_on_match = random() % 2 == 0,
                                             .stops_after_match = random() % 4 == 0};
        ClockedCounter expected{.settings = settings, .count = random() % 16, .enabled = true};
        TickCounter counter = running(settings);
        counter.set_count(expected.count);
        Cycles change = counter.next_change();

        for (Cycles cycle = 1; cycle < 150; ++cycle) {
            const bool was_match = expected.count == settings.compare;
            expected.edge(cycle - 1);
            const bool is_match = expected.count == settings.compare;
            CAPTURE(run, cycle);
            if (is_match != was_match)
                REQUIRE(change == cycle);
            // Looks at changes and at random moments, so that most cycles are skipped.
            if (change == cycle || random() % 8 == 0) {
                counter.advance(cycle);
                change = counter.next_change();
                REQUIRE(counter.count() == expected.count);
                REQUIRE(counter.is_enabled() == expected.enabled);
            }
        }
    }
}
