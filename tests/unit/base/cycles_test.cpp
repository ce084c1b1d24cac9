// SPDX-License-Identifier: Apache-2.0
// What cycles are, and above all what they are not: docs/decisions/0018-types-of-time.md.
#include "base/cycles.hpp"
#include "base/clock_domain.hpp"
#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

using namespace flexv;

namespace {

struct Fast;
struct Slow;
using FastCycles = CyclesOf<Fast>;
using SlowCycles = CyclesOf<Slow>;

template <typename A, typename B>
concept Addable = requires(A a, B b) {
    a + b;
};
template <typename A, typename B>
concept Comparable = requires(A a, B b) {
    a < b;
};
template <typename A, typename B>
concept Equatable = requires(A a, B b) {
    a == b;
};
template <typename A, typename B>
concept Assignable = requires(A a, B b) {
    a = b;
};
template <typename A, typename B>
constexpr bool meet_nowhere = !Addable<A, B> && !Addable<B, A> && !Comparable<A, B> &&
                              !Equatable<A, B> && !Assignable<A&, B> && !Assignable<B&, A> &&
                              !std::is_convertible_v<A, B> && !std::is_convertible_v<B, A>;

// An address, a count or a flag becomes cycles only where somebody says so, and so back.
static_assert(meet_nowhere<Cycles, Address>);
static_assert(meet_nowhere<Cycles, u64>);
static_assert(meet_nowhere<Cycles, unsigned>);
static_assert(meet_nowhere<Cycles, bool>);
static_assert(meet_nowhere<Cycles, double>);
static_assert(std::is_constructible_v<Cycles, u64> && std::is_constructible_v<u64, Cycles>);
static_assert(!std::is_constructible_v<Cycles, bool> && !std::is_constructible_v<bool, Cycles>);

// Nor do the cycles of a clock become those of another one, not even where somebody says so.
static_assert(meet_nowhere<FastCycles, SlowCycles>);
static_assert(!std::is_constructible_v<FastCycles, SlowCycles>);
// A block knows its own clock only, so cycles enter and leave it where that is written.
static_assert(meet_nowhere<FastCycles, Cycles>);
static_assert(std::is_constructible_v<FastCycles, Cycles>);
static_assert(std::is_constructible_v<Cycles, FastCycles>);

// The crossing takes what its first clock counts and gives what its second one does.
template <typename Sent>
concept CrossesToSlow = requires(const Crossing<Fast, Slow>& crossing, Sent cycle) {
    { crossing.arrival_of(cycle) } -> std::same_as<SlowCycles>;
};
static_assert(CrossesToSlow<FastCycles>);
static_assert(!CrossesToSlow<SlowCycles> && !CrossesToSlow<Cycles> && !CrossesToSlow<u64>);
static_assert(
    !std::is_constructible_v<Crossing<Fast, Slow>, NamedDomain<Slow>&, NamedDomain<Fast>&>);
static_assert(!std::is_constructible_v<Crossing<Fast, Slow>, ClockDomain&, ClockDomain&>);

template <typename Domain, typename Time>
concept TellsTimeOf = requires(const Domain& domain, Time cycle) {
    domain.time_of(cycle);
};
static_assert(TellsTimeOf<NamedDomain<Fast>, FastCycles>);
static_assert(!TellsTimeOf<NamedDomain<Fast>, SlowCycles>);
static_assert(!TellsTimeOf<NamedDomain<Fast>, Cycles>);

// What it costs: nothing.
static_assert(sizeof(FastCycles) == sizeof(u64) && alignof(FastCycles) == alignof(u64));
static_assert(std::is_trivially_copyable_v<FastCycles> && std::is_standard_layout_v<FastCycles>);

}  // namespace

TEST_CASE("cycles count like the number that they are", "[cycles]") {
    Cycles now = 5;

    now += 3;
    ++now;

    CHECK(now == 9);
    CHECK(now - 2 == 7);
    CHECK(now * 2U == 18);
    CHECK(3U * now == 27);
    CHECK(now / 2 == 4);
    CHECK(now < 10);
    CHECK(8 < now);
    CHECK(u64(now) == 9);
    CHECK(double(now) == 9.0);
    CHECK(now < kNever);
}

TEST_CASE("a duration fits into another one so many times, and something is left", "[cycles]") {
    const Cycles duration = 17;
    const Cycles period = 5;

    const u64 times = duration / period;

    CHECK(times == 3);
    CHECK(duration % period == 2);
    CHECK(times * period + duration % period == duration);
}

TEST_CASE("a cycle has a place in a ring of any length", "[cycles]") {
    const Cycles cycle = 259;

    const u64 place = cycle % 256U;

    CHECK(place == 3);
}

TEST_CASE("cycles wrap as unsigned numbers do, so that a distance tells the past", "[cycles]") {
    const Cycles now = 100;

    CHECK(Cycles{99} - now > 256);
    CHECK(Cycles{101} - now < 256);
}

TEST_CASE("cycles are told as the number", "[cycles]") {
    std::ostringstream stream;

    stream << Cycles{1234};

    CHECK(fmt::format("{:>6}", Cycles{1234}) == "  1234");
    CHECK(stream.str() == "1234");
    CHECK(nlohmann::json(FastCycles{7}).dump() == "7");
}

TEST_CASE("cycles come out of a checkpoint as they went in, like the number", "[cycles]") {
    FastCycles saved{123'456'789};
    u64 number = 123'456'789;
    StateArchive of_cycles;
    StateArchive of_number;
    of_cycles(saved);
    of_number(number);

    FastCycles loaded;
    StateArchive back(of_cycles.bytes());
    back(loaded);

    CHECK(loaded == saved);
    CHECK(of_cycles.bytes() == of_number.bytes());
}

TEST_CASE("the greatest number of cycles is never", "[cycles]") {
    CHECK(std::numeric_limits<Cycles>::max() == kNever);
}
