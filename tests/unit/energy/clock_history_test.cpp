// SPDX-License-Identifier: Apache-2.0
// Cycles by clock: what makes energy and time of the parts of a run add up when firmware sets the
// FLL.
#include "energy/clock_history.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace flexv;
using namespace flexv::energy;

TEST_CASE("a stretch of a run is divided where the clock changes", "[energy][clock]") {
    ClockHistory history(100);
    history.change(10, 50);
    history.change(30, 100);

    CHECK(history.clocks() == std::vector<double>{100, 50});
    CHECK(history.between(0, 10) == Elapsed{10, 0});
    CHECK(history.between(5, 15) == Elapsed{5, 5});
    CHECK(history.between(0, 40) == Elapsed{20, 20});
    CHECK(history.between(12, 12) == Elapsed{0, 0});
    CHECK(history.nanoseconds_at(10) == 100);
    CHECK(history.nanoseconds_at(30) == 500);
    CHECK(history.nanoseconds_at(40) == 600);
}

TEST_CASE("a clock that is set again is no other clock", "[energy][clock]") {
    ClockHistory history(100);
    history.change(10, 100);

    CHECK_FALSE(history.has_changed());
    CHECK(history.between(0, 20) == Elapsed{20});
}

TEST_CASE("of two changes in one cycle the last one holds", "[energy][clock]") {
    ClockHistory history(100);
    history.change(10, 50);
    history.change(10, 200);

    CHECK(history.between(0, 20) == Elapsed{10, 0, 10});
}

TEST_CASE("the mean clock is that of cycles over time", "[energy][clock]") {
    CHECK(mean_mhz({30, 0}, {123.456, 50}) == 123.456);
    CHECK(mean_mhz({0, 0}, {123.456, 50}) == 123.456);
    CHECK(mean_mhz({10, 10}, {100, 50}) == Approx(20 * 1000 / 300.0));
}

TEST_CASE("the parts of a run have its cycles and its time", "[energy][clock][law]") {
    std::mt19937 random(20261129);
    ClockHistory history(400);
    for (Cycles cycle = 0; cycle < 10'000; cycle += Cycles{random() % 300})
        history.change(cycle, double(1 + random() % 7) * 50);
    Elapsed sum;
    double ns = 0;
    Cycles begin = 0;
    while (begin < 20'000) {
        const Cycles end = begin + Cycles{random() % 200};
        const Elapsed part = history.between(begin, end);
        CHECK(cycles_of(part) == end - begin);
        CHECK(nanoseconds_of(part, history.clocks()) ==
              Approx(history.nanoseconds_at(end) - history.nanoseconds_at(begin)));
        accumulate(sum, part);
        ns += nanoseconds_of(part, history.clocks());
        begin = end;
    }

    CHECK(sum == history.between(0, begin));
    CHECK(ns == Approx(history.nanoseconds_at(begin)));
}
