// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/regions.hpp"

#include "base/error.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::platform;
using Catch::Contains;

namespace {

std::vector<std::byte> bytes_of(const std::string& text) {
    std::vector<std::byte> bytes;
    for (const char letter : text)
        bytes.push_back(std::byte(letter));
    return bytes;
}

/// A tracker over one counter that the test sets.
struct Bench {
    u64 count = 0;
    RegionTracker tracker{{{1, "conv"}}, [this] { return energy::Counts{count}; }};

    Region only() const {
        const auto regions = tracker.regions();
        REQUIRE(regions.size() == 1);
        return regions.front();
    }
};

}  // namespace

TEST_CASE("region names are entries of an id and a padded text", "[regions]") {
    using namespace std::string_literals;

    const RegionNames names =
        parse_region_names(bytes_of("\1\0\0\0conv\0\0\0\0"
                                    "\0\0\0\0"
                                    "\xff\7\0\0abc\0"
                                    "\1\0\0\0second name of 1\0\0\0\0"s));

    CHECK(names == RegionNames{{1, "conv"}, {2047, "abc"}});
    CHECK(parse_region_names({}).empty());
}

TEST_CASE("a region name without an end is the user's mistake", "[regions]") {
    using namespace std::string_literals;

    CHECK_THROWS_WITH(parse_region_names(bytes_of("\1\0\0\0conv"s)),
                      Contains(".flexv.regions") && Contains("region 1"));
}

TEST_CASE("a region lasts from the first hart's begin to the last hart's end", "[regions]") {
    Bench bench;

    bench.count = 10;
    bench.tracker.begin(2, 1, 100);
    bench.tracker.begin(0, 1, 105);
    bench.count = 50;
    bench.tracker.end(2, 1, 300);
    bench.count = 70;
    bench.tracker.end(0, 1, 310);
    bench.count = 99;

    const Region region = bench.only();
    CHECK(region.id == 1);
    CHECK(region.name == "conv");
    CHECK(region.visits == 1);
    CHECK(region.cycles == 210);
    CHECK(region.counts == energy::Counts{60});
    CHECK(bench.tracker.warnings().empty());
}

TEST_CASE("visits of a region add up", "[regions]") {
    Bench bench;
    for (Cycles visit = 0; visit < 3; ++visit) {
        bench.tracker.begin(0, 1, 100 * visit);
        bench.count += 7;
        bench.tracker.end(0, 1, 100 * visit + 10);
        bench.count += 1000;
    }

    CHECK(bench.only().visits == 3);
    CHECK(bench.only().cycles == 30);
    CHECK(bench.only().counts == energy::Counts{21});
}

TEST_CASE("marks that arrive out of the order of their cycles make the same visit", "[regions]") {
    Bench bench;

    bench.tracker.begin(0, 1, 105);  // hart 0 has run ahead and is through before hart 1 is told of
    bench.count = 5;
    bench.tracker.end(0, 1, 120);
    bench.count = 6;
    bench.tracker.begin(1, 1, 100);
    bench.count = 9;
    bench.tracker.end(1, 1, 110);

    CHECK(bench.only().visits == 1);
    CHECK(bench.only().cycles == 20);
    CHECK(bench.only().counts == energy::Counts{9});
}

TEST_CASE("a visit that begins where the last one ended is a new one", "[regions]") {
    Bench bench;

    bench.tracker.begin(0, 1, 10);
    bench.tracker.end(0, 1, 20);
    bench.tracker.begin(0, 1, 20);
    bench.tracker.end(0, 1, 25);

    CHECK(bench.only().visits == 2);
    CHECK(bench.only().cycles == 15);
}

TEST_CASE("of regions that overlap, the one begun last owns what is counted", "[regions]") {
    Bench bench;

    bench.tracker.begin(0, 1, 100);
    bench.count = 10;
    bench.tracker.begin(0, 2, 150);
    bench.count = 15;
    bench.tracker.end(0, 2, 180);
    bench.count = 30;
    bench.tracker.end(0, 1, 200);
    bench.count = 99;

    const auto regions = bench.tracker.regions();
    REQUIRE(regions.size() == 2);
    CHECK(regions[0].counts == energy::Counts{30});
    CHECK(regions[0].own_counts == energy::Counts{25});
    CHECK(regions[0].own_cycles == 70);
    CHECK(regions[1].own_counts == energy::Counts{5});
    CHECK(regions[1].own_cycles == 30);
}

TEST_CASE("a region whose outer one ends first keeps what is its own", "[regions]") {
    Bench bench;

    bench.tracker.begin(0, 1, 0);
    bench.count = 1;
    bench.tracker.begin(1, 2, 10);
    bench.count = 3;
    bench.tracker.end(0, 1, 20);
    bench.count = 7;
    bench.tracker.end(1, 2, 40);

    const auto regions = bench.tracker.regions();
    CHECK(regions[0].own_counts == energy::Counts{1});
    CHECK(regions[0].own_cycles == 10);
    CHECK(regions[1].own_counts == energy::Counts{6});
    CHECK(regions[1].own_cycles == 30);
}

TEST_CASE("regions are listed by id, and one without a name is called by its number", "[regions]") {
    Bench bench;

    bench.tracker.begin(0, 9, 0);
    bench.tracker.begin(0, 1, 1);
    bench.tracker.end(0, 1, 2);
    bench.tracker.end(0, 9, 3);

    const auto regions = bench.tracker.regions();
    REQUIRE(regions.size() == 2);
    CHECK(regions[0].name == "conv");
    CHECK(regions[1].name == "region 9");
}

TEST_CASE("an end without a begin is ignored, with one warning per hart", "[regions]") {
    Bench bench;

    bench.tracker.end(3, 1, 5);
    bench.tracker.begin(0, 1, 10);
    bench.tracker.end(3, 1, 15);
    bench.tracker.end(0, 1, 20);

    CHECK(bench.only().cycles == 10);
    REQUIRE(bench.tracker.warnings().size() == 1);
    CHECK_THAT(bench.tracker.warnings().front(),
               Contains("region 1 \"conv\" is ended without a begin: hart 0x3, 2 times"));
}

TEST_CASE("a second begin of a hart that is inside is ignored, with a warning", "[regions]") {
    Bench bench;

    bench.tracker.begin(0, 1, 10);
    bench.tracker.begin(0, 1, 12);
    bench.tracker.end(0, 1, 20);

    CHECK(bench.only().visits == 1);
    CHECK(bench.only().cycles == 10);
    CHECK(bench.tracker.warnings().size() == 1);
}

TEST_CASE("a region that is open at the end is closed there, with a warning", "[regions]") {
    Bench bench;

    bench.tracker.begin(0, 1, 10);
    bench.count = 4;
    bench.tracker.finish(50);
    bench.tracker.finish(60);

    CHECK(bench.only().cycles == 40);
    CHECK(bench.only().counts == energy::Counts{4});
    REQUIRE(bench.tracker.warnings().size() == 1);
    CHECK_THAT(bench.tracker.warnings().front(), Contains("still open") && Contains("hart 0x0"));
}
