// SPDX-License-Identifier: Apache-2.0
// The published power figures that the shipped profiles were fitted to, recomputed from event
// counts. Numbers: tests/reference/energy_model.md, sections 4 to 6.
#include "energy/pricing.hpp"
#include "unit/energy/profiles.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

using namespace flexv;
using namespace flexv::energy;
using namespace flexv::energy::test;

namespace {

// Section 4 solves the residual term for counts that it assumes; scripts/calibrate solves it for
// those of the platform's own MatMul, and the profile holds that one.
constexpr double kInfraOfSection4 = 3.548;

Profile as_in_section_4() {
    Profile profile = shipped("isvlsi23");
    std::ranges::find(profile.coefficients, "infra", &Coefficient::symbol)->pj = kInfraOfSection4;
    return profile;
}

constexpr Cycles kCycles = 10'000'000;
constexpr unsigned kCores = 8;

using PerCycle =
    std::map<std::string, double>;  // event: events per cycle, of one core or the block

std::vector<std::string> cluster_counters() {
    std::vector<std::string> paths;
    for (const Coefficient& coefficient : shipped("isvlsi23").coefficients) {
        std::string path = coefficient.counter;
        const std::size_t star = path.find('*');
        for (unsigned core = 0; core < (star == std::string::npos ? 1 : kCores); ++core) {
            std::string one = path;
            if (star != std::string::npos)
                one.replace(star, 1, std::to_string(core));
            if (std::ranges::find(paths, one) == paths.end())
                paths.push_back(one);
        }
    }
    return paths;
}

/// pJ per cycle of the cluster, where each event happens so often a cycle.
double pj_per_cycle(const Profile& profile, const OperatingPoint& point, const PerCycle& cores,
                    const PerCycle& blocks) {
    const auto paths = cluster_counters();
    Counts counts;
    for (const std::string& path : paths) {
        const bool is_core = path.starts_with("cluster.core");
        const auto& rates = is_core ? cores : blocks;
        const auto rate = rates.find(is_core ? std::string(event_of(path)) : path);
        counts.push_back(rate == rates.end() ? 0 : u64(rate->second * double(kCycles) + 0.5));
    }
    const Bill bill = PriceList(profile, point, profile.architecture, paths).price(counts, kCycles);
    return double(bill.total) * 1e-6 / double(kCycles);
}

// Section 4: a2w2 MatMul at 91.5 MAC per cycle.
const PerCycle kMatmulCores = {{"active_cycles", 1},        {"instructions", 0.980},
                               {"fetched_words", 0.980},    {"dot_products", 0.7148},
                               {"mac_load_refills", 0.536}, {"alu", 0.127},
                               {"loads_stores", 0.138}};
const PerCycle kMatmulBlocks = {{"cluster.tcdm.reads", 0.585 * kCores}, {"cluster.cycles", 1}};

}  // namespace

TEST_CASE("the a2w2 MatMul of the paper takes 56.13 pJ per cycle, 26 mW and 3.26 TOPS/W",
          "[energy][anchor]") {
    const Profile profile = as_in_section_4();

    const double pj = pj_per_cycle(profile, profile.reference, kMatmulCores, kMatmulBlocks);

    CHECK(pj == Approx(56.13).margin(0.05));
    CHECK(pj * profile.reference.mhz * 1e-3 == Approx(26.0).margin(0.05));  // mW
    CHECK(2 * 91.5 / pj == Approx(3.26).margin(0.005));                     // TOPS/W
}

TEST_CASE("fetch and instruction cache take the share that clock gating has shown",
          "[energy][anchor]") {
    const Profile profile = as_in_section_4();
    const double whole = pj_per_cycle(profile, profile.reference, kMatmulCores, kMatmulBlocks);
    const double instruction = 1.00 + 1.80;  // iff + ic, pJ

    const double share = kCores * instruction * kMatmulCores.at("instructions") / whole;

    CHECK(share == Approx(0.391).margin(0.001));  // anchor A2 asks for 0.405, residual -1.4 points
}

TEST_CASE("power over voltage follows the table of the model", "[energy][anchor]") {
    const auto [vdd, mhz, mw] = GENERATE(table<double, double, double>({{0.600, 370, 17.8},
                                                                        {0.625, 416, 21.7},
                                                                        {0.650, 463, 26.0},
                                                                        {0.675, 510, 30.8},
                                                                        {0.700, 556, 36.1},
                                                                        {0.725, 603, 42.0},
                                                                        {0.750, 650, 48.3},
                                                                        {0.775, 696, 55.3},
                                                                        {0.800, 743, 62.8}}));
    CAPTURE(vdd);
    const Profile profile = as_in_section_4();

    const double pj = pj_per_cycle(profile, {.vdd = vdd, .mhz = mhz}, kMatmulCores, kMatmulBlocks);

    CHECK(pj * mhz * 1e-3 == Approx(mw).margin(0.1));  // the table rounds MHz and mW
    CHECK(profile.max_mhz(vdd) == Approx(mhz).margin(1.0));
}

TEST_CASE("eight sleeping cores leave the infrastructure and leakage", "[energy][anchor]") {
    const Profile profile = as_in_section_4();

    const double pj =
        pj_per_cycle(profile, profile.reference, {{"sleep_cycles", 1}}, {{"cluster.cycles", 1}});

    CHECK(pj == Approx(5.2).margin(0.05));  // section 6, last row
}

TEST_CASE("one instruction of each class costs what the model's list says", "[energy][anchor]") {
    const Profile profile = shipped("isvlsi23");
    const PerCycle issue = {{"active_cycles", 1}, {"instructions", 1}, {"fetched_words", 1}};
    const double standing = pj_per_cycle(profile, profile.reference, {}, {});
    const auto cost = [&](const PerCycle& extra, const PerCycle& blocks = {}) {
        PerCycle all = issue;
        all.insert(extra.begin(), extra.end());
        return (pj_per_cycle(profile, profile.reference, all, blocks) - standing) / kCores;
    };
    const PerCycle read = {{"cluster.tcdm.reads", kCores}};
    const PerCycle write = {{"cluster.tcdm.writes", kCores}};

    CHECK(cost({}) == Approx(4.3));
    CHECK(cost({{"alu", 1}}) == Approx(4.6));
    CHECK(cost({{"multiply", 1}}) == Approx(5.3));
    CHECK(cost({{"dot_products", 1}}) == Approx(5.5));
    CHECK(cost({{"loads_stores", 1}}, read) == Approx(6.5));
    CHECK(cost({{"loads_stores", 1}}, write) == Approx(6.6));
    CHECK(cost({{"dot_products", 1}, {"mac_load_refills", 1}}, read) == Approx(7.6));
}

TEST_CASE("the silicon profile meets the measured points of Shaheen within its residuals",
          "[energy][anchor]") {
    const auto [vdd, mhz, measured_mw, residual] =
        GENERATE(table<double, double, double, double>({{0.625, 280, 28.75, 0.036},
                                                        {0.650, 310, 34.45, 0.000},
                                                        {0.675, 340, 40.50, -0.021},
                                                        {0.700, 375, 46.20, -0.006},
                                                        {0.725, 405, 52.20, 0.000},
                                                        {0.750, 435, 60.00, -0.015},
                                                        {0.775, 465, 65.87, 0.011},
                                                        {0.800, 500, 75.20, 0.003}}));
    CAPTURE(vdd);
    const Profile profile = shipped("shaheen");
    // Section 5 fits k to an INT32 MatMul of 48.4 pJ per cycle before scaling; its counts are not
    // given, so clock, fetch, multiply-accumulate and infrastructure are made to add up to that.
    const PerCycle cores = {{"active_cycles", 1},
                            {"instructions", 1},
                            {"fetched_words", 1},
                            {"multiply", (48.4 - kInfraOfSection4) / kCores - 4.3}};

    const double pj =
        pj_per_cycle(profile, {.vdd = vdd, .mhz = mhz}, cores, {{"cluster.cycles", 1}});

    CHECK(pj * mhz * 1e-3 == Approx(measured_mw * (1 + residual)).epsilon(0.001));
}

TEST_CASE("the residual term is positive and tells the run that it was solved for",
          "[energy][anchor]") {
    const Profile profile = shipped("isvlsi23");

    const auto infra = std::ranges::find(profile.coefficients, "infra", &Coefficient::symbol);

    REQUIRE(infra != profile.coefficients.end());
    CHECK(infra->pj > 0);
    CHECK(infra->kind == Kind::derived);
    CHECK_THAT(infra->source, Catch::Matches(".*scripts/calibrate, 20[0-9]{2}-[0-9]{2}-[0-9]{2}: "
                                             ".*MAC/cycle.*"));
}
