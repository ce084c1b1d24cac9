// SPDX-License-Identifier: Apache-2.0
// Area of a cluster: counts times items, what a profile may say, and what the shipped profiles make
// of other sizes.
#include "energy/floorplan.hpp"
#include "unit/energy/profiles.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace flexv;
using namespace flexv::energy;
using namespace flexv::energy::test;
using Catch::Contains;

namespace {

std::string item(const std::string& symbol, const std::string& more) {
    return '"' + symbol + R"(": {"component": "c", "kind": "assumed", "source": "test")" + more +
           "}";
}

const std::string kGate = R"("gate": {"um2": 0.5, "kind": "assumed", "source": "test"},)";
const std::string kUncertainty = R"("uncertainty": {"total_percent": 3, "component_percent": 20,
    "kind": "assumed", "source": "test", "per_doubling": {"total_percent": 4,
    "component_percent": 5, "kind": "assumed", "source": "test"}},)";

/// A profile for 8 cores of set "a", with a law for the set and these items of area.
std::string text_with(const std::string& items, const std::string& gate = kGate,
                      const std::string& architecture = R"({"cores": 8, "banks": 16, "isa": "a"})",
                      const std::string& laws = R"("size": {"set": {"terms": [{"share": 1,
                          "per": "isa", "table": {"a": 1, "b": 1.5}}],
                          "kind": "assumed", "source": "test"}},)") {
    std::string text =
        small_text(price("x", "a.x", "a", "1"),
                   R"(, "area": {)" + gate + kUncertainty + R"("items": {)" + items + "}}");
    const auto put = [&text](const std::string& behind, const std::string& more) {
        text.insert(text.find(behind) + behind.size(), more);
    };
    if (!architecture.empty()) {
        put(R"("corner": "none")", R"(, "architecture": )" + architecture);
        put(R"("component_percent": 30)", R"(, "per_doubling": {"total_percent": 5,
            "component_percent": 15, "kind": "assumed", "source": "test"})");
    }
    put(R"("laws": {)", laws);
    return text;
}

Profile profile_with(const std::string& items) {
    return parse_profile(text_with(items), "area.json", shipped_text);
}

Architecture sized(u64 cores, const std::string& isa = "a", u64 banks = 16) {
    return {{"cores", cores}, {"banks", banks}, {"isa", isa}};
}

Architecture with(Architecture sizes, std::string_view name, Size size) {
    std::ranges::find(sizes, name, &Architecture::value_type::first)->second = std::move(size);
    return sizes;
}

u64 component(const Floorplan& plan, std::string_view path) {
    const auto found = std::ranges::find(plan.components, path, &ComponentArea::path);
    return found == plan.components.end() ? 0 : found->um2;
}

const std::string kCore = item("core", R"(, "value": 10, "unit": "kGE", "per": "cores")");

}  // namespace

TEST_CASE("a kGE takes the silicon of a thousand gates, each as often as it is there", "[area]") {
    const Floorplan plan = floorplan(profile_with(kCore), sized(8));

    CHECK(plan.total == 8 * 10 * 500);
    CHECK(plan.mm2() == Approx(0.04));
    CHECK(plan.lines[0].count == 8);
}

TEST_CASE("clusters beside each other take their area each, what is outside of them once",
          "[area]") {
    Profile profile = profile_with(
        kCore + R"(, "l2": {"component": "l2", "value": 2, "unit": "mm2", "outside": true,
                            "kind": "assumed", "source": "test"})");
    profile.area.items[0].component = "cluster.cores";
    Architecture sizes = sized(8);
    sizes.emplace_back("clusters", u64{3});

    const Floorplan one = floorplan(profile, sized(8));
    const Floorplan three = floorplan(profile, sizes);

    CHECK(three.total == 3 * one.total);
    CHECK(three.lines[0].count == 24);
    CHECK(component(three, "cluster.cores") == one.total);
    CHECK(component(three, "cluster2.cores") == one.total);
    REQUIRE(three.outside.size() == 1);
    CHECK(three.outside[0].um2 == 2'000'000);
}

TEST_CASE("what is given in mm2 does not depend on the size of a gate", "[area]") {
    const Profile profile = profile_with(item("bank", R"(, "value": 0.01, "unit": "mm2")"));

    CHECK(floorplan(profile, sized(8)).total == 10'000);
}

TEST_CASE("products of sizes count crosspoints", "[area]") {
    const Profile profile =
        profile_with(item("x", R"(, "value": 1, "unit": "kGE", "per": "cores * banks")"));

    CHECK(floorplan(profile, sized(4, "a", 32)).total == 4 * 32 * 500);
}

TEST_CASE("a law of size makes each of them larger", "[area]") {
    const Profile profile = profile_with(
        item("core", R"(, "value": 10, "unit": "kGE", "per": "cores", "scales": ["set"])"));

    CHECK(floorplan(profile, sized(8, "b")).total == 8 * 10 * 750);
    CHECK(floorplan(profile, sized(8, "b")).lines[0].scale == 1.5);
}

TEST_CASE("what lies outside of the cluster is in nobody's total", "[area]") {
    const std::string l2 = R"("l2": {"component": "l2", "value": 2, "unit": "mm2",
        "kind": "assumed", "source": "test", "outside": true})";
    const Floorplan plan = floorplan(profile_with(kCore + "," + l2), sized(8));

    CHECK(plan.total == 40'000);
    REQUIRE(plan.outside.size() == 1);
    CHECK(plan.outside[0].um2 == 2'000'000);
}

TEST_CASE("an item without its size is left out where it is optional, else an error", "[area]") {
    const std::string per = R"(, "value": 1, "unit": "mm2", "per": "banks")";
    const Architecture without = {{"cores", u64{8}}, {"isa", std::string{"a"}}};

    CHECK(floorplan(profile_with(item("b", per + R"(, "optional": true)")), without).total == 0);
    CHECK_THROWS_WITH(floorplan(profile_with(item("b", per)), without),
                      Contains("architecture.banks: is missing"));
}

TEST_CASE("uncertainty grows with each size that an item follows, and with no other", "[area]") {
    const Profile profile = profile_with(kCore);

    CHECK(floorplan(profile, sized(8)).uncertainty.total_percent == 3);
    CHECK(floorplan(profile, sized(8, "a", 64)).uncertainty.total_percent == 3);
    CHECK(floorplan(profile, sized(16)).uncertainty.total_percent == Approx(5));  // 3, 4, 5
    CHECK(floorplan(profile, sized(2)).uncertainty.component_percent ==
          Approx(std::hypot(20, 5 * 2)));
}

TEST_CASE("a profile that says nothing of area gives none", "[area]") {
    CHECK(floorplan(small(price("x", "a.x", "a", "1")), sized(8)).empty());
}

TEST_CASE("mistakes in area are named with file and key", "[area]") {
    const std::string core = R"(, "value": 10, "unit": "kGE", "per": )";

    CHECK_THAT(complaint(text_with(item("core", core + R"("coers")"))),
               Contains("file.json.area.items.core.per: coers") && Contains("nearest: cores"));
    CHECK_THAT(complaint(text_with(item("core", core + R"("isa")"))), Contains("isa is no count"));
    CHECK_THAT(complaint(text_with(item("core", core + R"("cores *")"))),
               Contains("core.per = \"cores *\""));
    CHECK_THAT(complaint(text_with(item("core", R"(, "value": 1, "unit": "um2")"))),
               Contains("core.unit = \"um2\": must be kGE or mm2"));
    CHECK_THAT(complaint(text_with(item("core", R"(, "value": -1, "unit": "mm2")"))),
               Contains("core.value") && Contains("negative"));
    CHECK_THAT(complaint(text_with(item("core", core + R"("cores", "scales": ["sat"])"))),
               Contains("no law sat in laws.size; nearest: set"));
    CHECK_THAT(complaint(text_with(item("core", core + R"("cores", "sclaes": [])"))),
               Contains("core.sclaes: unknown key"));
    CHECK_THAT(complaint(text_with("")), Contains("area.items: must name at least one"));
    CHECK_THAT(complaint(text_with(kCore, "")), Contains("area.gate: is missing"));
    CHECK_THAT(complaint(text_with(kCore, kGate, "", "")),
               Contains("needs reference.architecture"));
    CHECK_THAT(complaint(text_with(kCore + "," +
                                   item("l2", R"(, "value": 1, "unit": "mm2", "outside": true)"))),
               Contains("component c is both inside and outside"));
}

TEST_CASE("an area beyond reason is refused instead of wrapped", "[area]") {
    const Profile profile =
        profile_with(item("core", R"(, "value": 1e12, "unit": "mm2", "per": "cores")"));

    CHECK_THROWS_WITH(floorplan(profile, sized(8)), Contains("area.items.core takes 8e+12 mm2"));
}

TEST_CASE("the reference cluster takes the published 0.55 mm2", "[area][anchors]") {
    const Profile profile = shipped("isvlsi23");  // ISVLSI 2023, by way of dl-riscv-soa
    const Floorplan plan = floorplan(profile, profile.architecture);
    u64 sum = 0;
    for (const ComponentArea& each : plan.components)
        sum += each.um2;

    CHECK(plan.mm2() == Approx(0.55).epsilon(0.001));
    CHECK(plan.total == sum);
    CHECK(component(plan, "cluster.event_unit") < plan.total / 50);  // Glaser, DATE 2019
    CHECK(plan.by_kind[0] + plan.by_kind[1] + plan.by_kind[2] == plan.total);
}

TEST_CASE("Flex-V's core is 5.6 % larger than RI5CY, and smaller than Shaheen's with its FPU",
          "[area][anchors]") {
    const Profile profile = shipped("isvlsi23");
    const auto cores = [&](const char* isa) {
        return double(component(floorplan(profile, with(profile.architecture, "core.isa", isa)),
                                "cluster.cores"));
    };

    CHECK(cores("flexv") / cores("xpulpv2") == Approx(1.056).epsilon(1e-4));
    CHECK(cores("flexv") / 8 / profile.area.gate_um2 < 70'000);
    CHECK(cores("rv32imc") < cores("xpulpv2"));
    CHECK(cores("xpulpnn") < cores("flexv"));
}

TEST_CASE("the silicon's cluster with 256 KiB takes the published 24.2 % of 9 mm2",
          "[area][anchors]") {
    const Profile profile = shipped("shaheen");
    const Floorplan plan =
        floorplan(profile, with(profile.architecture, "tcdm.bytes", u64{256} * 1024));

    CHECK(plan.mm2() == Approx(2.178).epsilon(0.005));
    CHECK(double(component(plan, "cluster.tcdm")) * 1e-6 == Approx(1.089).epsilon(0.01));
}

TEST_CASE("no size makes the shipped cluster smaller when it grows", "[area]") {
    const Profile profile = shipped("isvlsi23");
    for (const auto& [name, size] : profile.architecture) {
        const auto* count = std::get_if<u64>(&size);
        if (count == nullptr)
            continue;
        CAPTURE(name);
        const auto total = [&](u64 now) {
            const Floorplan plan = floorplan(profile, with(profile.architecture, name, now));
            u64 sum = plan.total;
            for (const ComponentArea& each : plan.outside)
                sum += each.um2;
            return sum;
        };
        CHECK(total(2 * *count) >= total(*count));
    }
}
