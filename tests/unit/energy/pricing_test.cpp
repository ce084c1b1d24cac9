// SPDX-License-Identifier: Apache-2.0
// Laws of the ledger: nothing is lost, nothing is priced twice, and more never costs less.
#include "energy/pricing.hpp"
#include "unit/energy/profiles.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <numeric>
#include <random>

using namespace flexv;
using namespace flexv::energy;
using namespace flexv::energy::test;
using Catch::Contains;

namespace {

const std::vector<std::string> kCounters = {"cl.core0.alu", "cl.core1.alu", "cl.mem.reads",
                                            "l2.bytes", "cl.core0.stalls"};

Profile example() {
    return small(price("alu", "cl.core*.alu", "cl.core*", "0.3") + "," +
                     price("rd", "cl.mem.reads", "cl.mem", "1.5") + "," +
                     price("wire", "cl.mem.reads", "cl.mem", "0.4") + "," +
                     price("l2", "l2.bytes", "l2", "1.4", R"(, "outside": true)"),
                 R"(, "statistics": [{"counter": "cl.core*.stalls", "reason": "in the clock"}])");
}

Counts random_counts(std::mt19937& random) {
    std::uniform_int_distribution<u64> events(0, 1'000'000'000);
    Counts counts;
    for (std::size_t i = 0; i < kCounters.size(); ++i)
        counts.push_back(events(random));
    return counts;
}

u64 sum(const std::vector<ComponentEnergy>& components) {
    u64 total = 0;
    for (const ComponentEnergy& component : components)
        total += component.attojoules;
    return total;
}

}  // namespace

TEST_CASE("a profile tells of one cluster and means them all", "[energy][pricing]") {
    const Profile profile =
        small(price("alu", "cluster.core*.alu", "cluster.core*", "0.3") + "," +
                  price("l2", "l2.bytes", "l2", "1.4", R"(, "outside": true)"),
              R"(, "statistics": [{"counter": "cluster.stalls", "reason": "in the clock"}])");
    const PriceList prices(
        profile, profile.reference, profile.architecture,
        {"cluster.core0.alu", "cluster2.core3.alu", "cluster2.stalls", "l2.bytes", "clusters.alu"});

    const Bill bill = prices.price({10, 20, 5, 0, 0}, 0);

    CHECK(bill.components[0].path == "cluster.core0");
    CHECK(bill.components[0].attojoules == 3'000'000);
    CHECK(bill.components[1].path == "cluster2.core3");
    CHECK(bill.components[1].attojoules == 6'000'000);
    CHECK(prices.unpriced() == std::vector<std::string>{"clusters.alu"});
}

TEST_CASE("power that flows in a cluster flows in each", "[energy][pricing]") {
    Profile profile = small(price("alu", "cluster.core*.alu", "cluster.core*", "0.3"));
    for (Standing& standing : profile.standing)
        standing.component = "cluster." + standing.component;
    const auto total = [&profile](const std::vector<std::string>& counters) {
        const PriceList prices(profile, profile.reference, profile.architecture, counters);
        return prices.price(Counts(counters.size()), 1000).total;
    };

    CHECK(total({"cluster.core0.alu"}) > 0);
    CHECK(total({"cluster.core0.alu", "cluster1.core0.alu", "cluster2.core0.alu"}) ==
          3 * total({"cluster.core0.alu"}));
}

TEST_CASE("every event is charged to its component", "[energy][pricing]") {
    const Profile profile = example();
    const PriceList prices(profile, profile.reference, profile.architecture, kCounters);

    const Bill bill = prices.price({10, 20, 100, 1000, 7}, 2);

    REQUIRE(bill.components.size() == 5);
    CHECK(bill.components[0].path == "cl.core0");
    CHECK(bill.components[0].attojoules == 3'000'000);  // 10 x 0.3 pJ
    CHECK(bill.components[1].attojoules == 6'000'000);
    CHECK(bill.components[2].attojoules == 190'000'000);  // 100 x (1.5 + 0.4) pJ
    CHECK(bill.components[3].path == "leak.a");
    CHECK(bill.components[3].attojoules == 5'000'000);   // 2 cycles x 2.5 pJ
    CHECK(bill.components[4].attojoules == 15'000'000);  // 2 cycles x 7.5 pJ
    CHECK(bill.total == 219'000'000);
    CHECK(bill.by_kind[unsigned(Kind::derived)] == 20'000'000);
}

TEST_CASE("what lies outside of the cluster is priced but not in the total", "[energy][pricing]") {
    const Profile profile = example();
    const PriceList prices(profile, profile.reference, profile.architecture, kCounters);

    const Bill bill = prices.price({0, 0, 0, 1000, 0}, 0);

    REQUIRE(bill.outside.size() == 1);
    CHECK(bill.outside[0].path == "l2");
    CHECK(bill.outside[0].attojoules == 1'400'000'000);
    CHECK(bill.total == 0);
}

TEST_CASE("the total is the sum of the components and of the kinds of coefficient",
          "[energy][pricing][law]") {
    const unsigned seed = 1;
    CAPTURE(seed);
    std::mt19937 random(seed);
    const Profile profile = example();

    for (int round = 0; round < 100; ++round) {
        const OperatingPoint point{.vdd = 0.5 + 0.01 * round, .mhz = 100.0 + round};
        const Bill bill = PriceList(profile, point, profile.architecture, kCounters)
                              .price(random_counts(random), round * Cycles{12345});

        CHECK(bill.total == sum(bill.components));
        CHECK(bill.total == std::accumulate(bill.by_kind.begin(), bill.by_kind.end(), u64{0}));
    }
}

TEST_CASE("the total is the sum over the blocks that counted and over the lines of the profile",
          "[energy][pricing][law]") {
    const unsigned seed = 3;
    CAPTURE(seed);
    std::mt19937 random(seed);
    const Profile profile = example();
    const PriceList prices(profile, profile.reference, profile.architecture, kCounters);

    for (int round = 0; round < 100; ++round) {
        const Bill bill = prices.price(random_counts(random), 1000);
        u64 items = 0;
        for (std::size_t i = 0; i < bill.items.size(); ++i)
            items += i < profile.coefficients.size() && profile.coefficients[i].outside
                         ? 0
                         : bill.items[i].attojoules;

        CHECK(bill.total == sum(bill.by_origin));
        CHECK(bill.total == items);
    }
}

TEST_CASE("a block is the origin of what it counts, also where another one is charged",
          "[energy][pricing]") {
    const Profile profile = small(price("fetch", "cl.core*.alu", "cl.mem", "2"));
    const PriceList prices(profile, profile.reference, profile.architecture, kCounters);

    const Bill bill = prices.price({3, 5, 0, 0, 0}, 0);

    CHECK(bill.components[0].path == "cl.mem");
    CHECK(bill.components[0].attojoules == 16'000'000);
    CHECK(bill.by_origin[0].path == "cl.core0");
    CHECK(bill.by_origin[0].attojoules == 6'000'000);
    CHECK(bill.by_origin[1].attojoules == 10'000'000);
    CHECK(bill.items[0].events == 8);
}

TEST_CASE("dynamic energy follows the voltage by its law, leakage by its own",
          "[energy][pricing][law]") {
    const Profile profile = example();
    const Counts counts = {1000, 2000, 3000, 0, 0};
    const u64 dynamic = PriceList(profile, {.vdd = 1, .mhz = 100}, profile.architecture, kCounters)
                            .price(counts, 0)
                            .total;
    const u64 leakage = PriceList(profile, {.vdd = 1, .mhz = 100}, profile.architecture, kCounters)
                            .price({0, 0, 0, 0, 0}, 1000)
                            .total;

    for (const double vdd : {0.5, 0.8, 1.3, 2.0}) {
        const PriceList prices(profile, {.vdd = vdd, .mhz = 100}, profile.architecture, kCounters);
        CHECK(double(prices.price(counts, 0).total) == Approx(double(dynamic) * vdd * vdd));
        CHECK(double(prices.price({0, 0, 0, 0, 0}, 1000).total) ==
              Approx(double(leakage) * std::exp(2 * (vdd - 1))));
    }
}

TEST_CASE("a run costs what its windows cost together, and never less than a part of it",
          "[energy][pricing][law]") {
    const unsigned seed = 2;
    CAPTURE(seed);
    std::mt19937 random(seed);
    const Profile profile = example();
    const PriceList prices(profile, {.vdd = 0.77, .mhz = 463}, profile.architecture, kCounters);
    Counts whole(kCounters.size());
    u64 of_windows = 0;

    for (Cycles window = 1; window <= 100; ++window) {
        const Counts part = random_counts(random);
        const u64 before = prices.price(whole, 1000 * (window - 1)).total;
        for (std::size_t i = 0; i < whole.size(); ++i)
            whole[i] += part[i];
        of_windows += prices.price(part, 1000).total;

        const u64 now = prices.price(whole, 1000 * window).total;
        CHECK(now == of_windows);
        CHECK(now >= before);
    }
}

TEST_CASE("a price for something that nothing counts names the nearest counter",
          "[energy][pricing]") {
    const Profile profile = small(price("alu", "cl.core*.alus", "cl.core*", "0.3"));

    CHECK_THROWS_WITH(
        PriceList(profile, profile.reference, profile.architecture, kCounters),
        Contains("price alu is for cl.core*.alus") && Contains("nearest: cl.core0.alu"));
}

TEST_CASE("an optional price may be without its component, but not without its counter",
          "[energy][pricing]") {
    const std::string optional = R"(, "optional": true)";
    const Profile absent = small(price("c", "cl.cache.hits", "cl.cache", "1", optional));
    const Profile misspelt = small(price("r", "cl.mem.raeds", "cl.mem", "1", optional));

    CHECK_NOTHROW(PriceList(absent, absent.reference, absent.architecture, kCounters));
    CHECK_THROWS_AS(PriceList(misspelt, misspelt.reference, misspelt.architecture, kCounters),
                    UserError);
}

TEST_CASE("a price with a supply of its own is the same at every voltage of the cluster",
          "[energy][pricing]") {
    const Profile profile =
        small(price("pad", "cl.mem.reads", "cl.mem", "1.5", R"(, "has_own_supply": true)"));
    const Counts counts = {0, 0, 10, 0, 0};

    for (const double vdd : {0.5, 1.0, 2.0}) {
        const OperatingPoint point{.vdd = vdd, .mhz = 100};
        const PriceList prices(profile, point, profile.architecture, kCounters);
        CHECK(prices.price(counts, 0).total == 15'000'000);  // aJ
    }
}

TEST_CASE("one symbol prices a counter once", "[energy][pricing]") {
    const Profile profile = small(price("alu", "cl.core*.alu", "cl.core*", "0.3") + "," +
                                  price("alu", "cl.core1.alu", "cl.core1", "0.4"));

    CHECK_THROWS_WITH(PriceList(profile, profile.reference, profile.architecture, kCounters),
                      Contains("cl.core1.alu is priced twice as alu"));
}

TEST_CASE("a counter without a price is listed, unless it is declared a statistic",
          "[energy][pricing]") {
    const Profile profile = small(price("rd", "cl.mem.reads", "cl.mem", "1.5"),
                                  R"(, "statistics": [{"counter": "cl.core*.stalls",
                                                       "reason": "in the clock"}])");

    const PriceList prices(profile, profile.reference, profile.architecture, kCounters);

    CHECK(prices.unpriced() ==
          std::vector<std::string>{"cl.core0.alu", "cl.core1.alu", "l2.bytes"});
}
