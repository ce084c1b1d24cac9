// SPDX-License-Identifier: Apache-2.0
// Prices of whole instructions, with the shipped profile: "handy per-instruction totals" of
// tests/reference/energy_model.md, section 3.
#include "platform/results/instruction_classes.hpp"

#include "platform/config/energy_profiles.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace flexv;
using namespace flexv::platform;

namespace {

const std::vector<std::string> kEvents = {
    "active_cycles", "sleep_cycles",       "instructions",     "fetched_words", "alu",
    "multiply",      "dot_products",       "mac_load_refills", "loads_stores",  "loads",
    "stores",        "mixed_dot_products", "divide_cycles",    "divisions"};

/// Two cores and the blocks that the profile prices.
struct Platform {
    std::vector<std::string> paths;
    energy::Counts counts;

    Platform() {
        for (const char* core : {"cluster.core0.", "cluster.core1."})
            for (const std::string& event : kEvents)
                paths.push_back(core + event);
        for (const energy::Coefficient& price : load_energy_profile("isvlsi23").coefficients)
            if (price.counter.find('*') == std::string::npos &&
                std::ranges::find(paths, price.counter) == paths.end())
                paths.push_back(price.counter);
        counts.resize(paths.size());
    }
    void set(const std::string& path, u64 events) {
        counts[std::size_t(std::ranges::find(paths, path) - paths.begin())] = events;
    }
    [[nodiscard]] InstructionClass find(const std::string& name) const {
        const energy::Profile profile = load_energy_profile("isvlsi23");
        const energy::PriceList prices(profile, profile.reference, profile.architecture, paths);
        const auto classes = instruction_classes(paths, counts, prices);
        const auto found = std::ranges::find(classes, name, &InstructionClass::name);
        REQUIRE(found != classes.end());
        return *found;
    }
    [[nodiscard]] double pj(const std::string& name) const {
        return double(find(name).attojoules_each) * 1e-6;
    }
};

}  // namespace

TEST_CASE("an instruction of each class costs what the model's list says", "[report][classes]") {
    const Platform platform;

    CHECK(platform.pj("alu") == Approx(4.6));
    CHECK(platform.pj("multiply") == Approx(5.3));
    CHECK(platform.pj("load") == Approx(6.5));
    CHECK(platform.pj("store") == Approx(6.6));
    CHECK(platform.pj("dot product") == Approx(5.5));
    CHECK(platform.pj("mac&load") == Approx(7.6));
}

TEST_CASE("instructions are counted over all cores, and once", "[report][classes]") {
    Platform platform;
    platform.set("cluster.core0.loads_stores", 10);
    platform.set("cluster.core0.loads", 4);
    platform.set("cluster.core0.stores", 3);  // so 3 Mac&Load only load
    platform.set("cluster.core1.loads_stores", 5);
    platform.set("cluster.core1.loads", 5);
    platform.set("cluster.core0.mac_load_refills", 8);
    platform.set("cluster.core0.dot_products", 20);

    CHECK(platform.find("load").instructions == 9);
    CHECK(platform.find("store").instructions == 3);
    CHECK(platform.find("mac&load, load only").instructions == 3);
    CHECK(platform.find("mac&load").instructions == 5);
    CHECK(platform.find("dot product").instructions == 15);
}

TEST_CASE("a division costs its average cycles", "[report][classes]") {
    Platform platform;
    platform.set("cluster.core1.divisions", 2);
    platform.set("cluster.core1.divide_cycles", 20);

    CHECK(platform.find("divide").instructions == 2);
    CHECK(platform.pj("divide") == Approx(4.3 + 9 * 0.9 + 10 * 0.4));
}

TEST_CASE("without cores there are no classes", "[report][classes]") {
    const energy::Profile profile = load_energy_profile("isvlsi23");
    const Platform platform;
    const energy::PriceList prices(profile, profile.reference, profile.architecture,
                                   platform.paths);

    CHECK(instruction_classes({"cluster.cycles"}, {0}, prices).empty());
}
