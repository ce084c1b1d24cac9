// SPDX-License-Identifier: Apache-2.0
// Laws of size: what one formula gives, what a profile may say, and what the shipped profiles make
// of larger and smaller clusters.
#include "energy/size_law.hpp"
#include "energy/pricing.hpp"
#include "unit/energy/profiles.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <random>

using namespace flexv;
using namespace flexv::energy;
using namespace flexv::energy::test;
using Catch::Contains;

namespace {

const Architecture kReference = {{"cores", u64{8}}, {"banks", u64{16}}, {"isa", std::string{"a"}}};

Architecture with(Architecture sizes, std::string_view name, Size size) {
    std::ranges::find(sizes, name, &Architecture::value_type::first)->second = std::move(size);
    return sizes;
}

SizeLaw law(double share, const std::string& per, Curve curve) {
    return {.name = "law", .terms = {{share, SizeProduct::parse(per), curve, {}}}};
}

double at_16_cores(const SizeLaw& law) {
    return law.factor(with(kReference, "cores", u64{16}), kReference);
}

/// A profile with these laws of size and a price that follows `scales`.
std::string sized_text(const std::string& laws, const std::string& scales,
                       const std::string& architecture = R"({"cores": 8, "isa": "a"})",
                       const std::string& growth = R"(, "per_doubling": {"total_percent": 5,
                           "component_percent": 15, "kind": "assumed", "source": "test"})") {
    std::string text = small_text(price("x", "a.x", "a", "1", R"(, "scales": )" + scales));
    const auto put = [&text](const std::string& behind, const std::string& more) {
        text.insert(text.find(behind) + behind.size(), more);
    };
    put(R"("corner": "none")", R"(, "architecture": )" + architecture);
    put(R"("component_percent": 30)", growth);
    put(R"("laws": {)", R"("size": {)" + laws + "},");
    return text;
}

std::string law_text(const std::string& terms) {
    return R"("grow": {"terms": [)" + terms + R"(], "kind": "assumed", "source": "test"})";
}

const std::string kTerm = R"({"share": 0.5, "per": "cores", "curve": "linear"})";

/// Every counter that the profile prices, once for each of eight cores.
std::vector<std::string> counters_of(const Profile& profile) {
    std::vector<std::string> paths;
    for (const Coefficient& coefficient : profile.coefficients) {
        std::string path = coefficient.counter;
        if (const std::size_t star = path.find('*'); star != std::string::npos)
            path.replace(star, 1, "0");
        if (std::ranges::find(paths, path) == paths.end())
            paths.push_back(path);
    }
    return paths;
}

struct Cost {
    u64 total = 0;
    u64 leakage = 0;
    u64 infrastructure = 0;
    u64 tcdm_leakage = 0;
    u64 tcdm = 0;
};

/// The same events, each a thousand times in a million cycles, on a cluster of other sizes.
Cost cost_of(const Profile& profile, const Architecture& sizes) {
    const auto paths = counters_of(profile);
    Counts counts(paths.size(), 1000);
    const auto cycles = std::ranges::find(paths, "cluster.cycles") - paths.begin();
    counts[std::size_t(cycles)] = 1'000'000;
    const Bill bill = PriceList(profile, profile.reference, sizes, paths).price(counts, 1'000'000);
    Cost cost{.total = bill.total};
    for (const auto& [path, attojoules] : bill.components) {
        cost.leakage += path.find(".leakage.") != std::string::npos ? attojoules : 0;
        cost.infrastructure += path == "cluster.infrastructure" ? attojoules : 0;
        cost.tcdm_leakage += path == "cluster.leakage.tcdm" ? attojoules : 0;
        cost.tcdm += path == "cluster.tcdm" ? attojoules : 0;
    }
    return cost;
}

}  // namespace

TEST_CASE("a part of a price follows its curve and the rest stays", "[energy][size]") {
    CHECK(at_16_cores(law(1, "cores", Curve::linear)) == 2);
    CHECK(at_16_cores(law(0.25, "cores", Curve::linear)) == 1.25);
    CHECK(at_16_cores(law(1, "cores", Curve::sqrt)) == Approx(1.41421356));
    CHECK(at_16_cores(law(1, "cores", Curve::log2)) == Approx(std::log2(17) / std::log2(9)));
    CHECK(at_16_cores(law(1, "cores", Curve::inverse)) == 0.5);
    CHECK(at_16_cores(law(1, "banks", Curve::linear)) == 1);
}

TEST_CASE("sizes are multiplied and divided from left to right", "[energy][size]") {
    CHECK(at_16_cores(law(1, "cores * banks", Curve::linear)) == 2);
    CHECK(at_16_cores(law(1, "banks / cores", Curve::linear)) == 0.5);
    CHECK(SizeProduct::parse("a*b/c").names() == std::vector<std::string>{"a", "b", "c"});
    for (const char* text : {"", "*", "a *", "/ a", "a b", "a ** b"})
        CHECK_THROWS_AS(SizeProduct::parse(text), UserError);
}

TEST_CASE("a choice is looked up in a table relative to the reference", "[energy][size]") {
    SizeLaw by_isa = law(1, "isa", Curve::table);
    by_isa.terms[0].table = {{"a", 2}, {"b", 3}};

    CHECK(by_isa.factor(kReference, kReference) == 1);
    CHECK(by_isa.factor(with(kReference, "isa", std::string{"b"}), kReference) == 1.5);
    CHECK_THROWS_WITH(by_isa.factor(with(kReference, "isa", std::string{"c"}), kReference),
                      Contains("law law has no value for isa = c; it has a, b"));
}

TEST_CASE("a size that the platform does not tell is named with the nearest one",
          "[energy][size]") {
    const SizeLaw cores = law(1, "cores", Curve::linear);

    CHECK_THROWS_WITH(cores.factor({}, kReference), Contains("architecture.cores: is missing"));
    CHECK_THROWS_WITH(cores.factor({{"core", u64{8}}}, kReference), Contains("nearest: core"));
    CHECK_THROWS_WITH(cores.factor({{"cores", u64{0}}}, kReference),
                      Contains("architecture.cores = 0: must be a number above 0"));
}

TEST_CASE("sizes are shown with their unit", "[energy][size]") {
    CHECK(size_text("cores", u64{16}) == "16");
    CHECK(size_text("tcdm.bytes", u64{1048576}) == "1 MiB");
    CHECK(size_text("tcdm.bytes", u64{131072}) == "128 KiB");
    CHECK(size_text("icache.l1_bytes", u64{512}) == "512 B");
    CHECK(size_text("core.isa", std::string{"flexv"}) == "flexv");
}

TEST_CASE("a price takes all the laws that it names", "[energy][size]") {
    const std::string laws = law_text(kTerm) + R"(, "twice": {"terms": [{"share": 1, "per": "cores",
            "curve": "linear"}], "kind": "assumed", "source": "test"})";
    const Profile profile =
        parse_profile(sized_text(laws, R"(["grow", "twice"])"), "file.json", shipped_text);

    const PriceList prices(profile, profile.reference,
                           {{"cores", u64{16}}, {"isa", std::string{"a"}}}, {"a.x"});

    const Bill bill = prices.price({1}, 0);
    CHECK(bill.total == 3'000'000);  // 1 pJ x 1.5 x 2
    CHECK(bill.items[0].scale == 3);
}

TEST_CASE("a law of size that makes no sense is refused with file and key", "[energy][size]") {
    const auto answer = [](const std::string& laws, const std::string& scales = R"(["grow"])") {
        return complaint(sized_text(laws, scales));
    };
    const auto term = [&](const std::string& text) { return answer(law_text(text)); };

    CHECK(term(kTerm).empty());
    CHECK_THAT(
        answer(law_text(kTerm), R"(["grwo"])"),
        Contains("file.json.coefficients[0].scales: no law grwo in laws.size; nearest: grow"));
    CHECK_THAT(answer(law_text(kTerm), R"("grow")"), Contains("must be a list of strings"));
    CHECK_THAT(term(R"({"share": 0.5, "per": "core", "curve": "linear"})"),
               Contains("file.json.laws.size.grow.terms[0].per: no size core in "
                        "reference.architecture; nearest: cores"));
    CHECK_THAT(term(R"({"share": 0.5, "per": "cores *", "curve": "linear"})"),
               Contains("per = \"cores *\": must be names of sizes with * or / between them"));
    CHECK_THAT(term(R"({"share": 0.5, "per": "cores", "curve": "cubic"})"),
               Contains("curve = \"cubic\": must be linear, sqrt, log2 or inverse"));
    CHECK_THAT(term(R"({"share": 0.5, "per": "isa", "curve": "linear"})"),
               Contains("isa = a: a name needs a `table`"));
    CHECK_THAT(term(R"({"share": 0.5, "per": "isa", "table": {"b": 1}})"),
               Contains("table: has no value for a, which is the reference"));
    CHECK_THAT(term(R"({"share": 0.5, "per": "isa", "table": {"a": 0}})"),
               Contains("a = 0: must be above 0"));
    CHECK_THAT(term(R"({"share": 0.5, "per": "cores", "table": {"8": 1}})"),
               Contains("cores = 8: a name needs a `table`"));
    CHECK_THAT(term(R"({"share": -0.5, "per": "cores", "curve": "linear"})"),
               Contains("share = -0.5: must not be negative"));
    CHECK_THAT(term(kTerm + "," + kTerm + "," + kTerm), Contains("the shares sum up to 1.5"));
    CHECK_THAT(term(""), Contains("one term or more"));
    CHECK_THAT(answer(R"("grow": {"terms": [)" + kTerm + "]}"),
               Contains("file.json.laws.size.grow.kind: is missing"));
}

TEST_CASE("the reference architecture and the growth of uncertainty are checked",
          "[energy][size]") {
    const std::string laws = law_text(kTerm);

    CHECK_THAT(complaint(sized_text(laws, "[]", "{}")),
               Contains("file.json.reference.architecture: must name sizes"));
    CHECK_THAT(complaint(sized_text(laws, "[]", R"({"cores": 0})")),
               Contains("architecture.cores = 0: must be a whole number above 0, or a name"));
    CHECK_THAT(complaint(sized_text(laws, "[]", R"({"cores": 8.5})")), Contains("whole number"));
    CHECK_THAT(complaint(sized_text(laws, "[]", R"({"cores": 8})", "")),
               Contains("file.json.uncertainty.per_doubling: is missing"));
    std::string unused = small_text("");
    unused.insert(unused.find(R"("split")"), R"("scales": {"leak.c": []}, )");
    CHECK_THAT(complaint(unused), Contains("file.json.leakage.scales: leak.c is no component of "
                                           "the split; nearest: leak.a"));
}

TEST_CASE("at its reference architecture a shipped profile scales nothing", "[energy][size]") {
    for (const char* name : {"isvlsi23", "shaheen"}) {
        const Profile profile = shipped(name);

        REQUIRE_FALSE(profile.size_laws.empty());
        for (const SizeLaw& size_law : profile.size_laws)
            CHECK(size_law.factor(profile.architecture, profile.architecture) == 1);
        CHECK(profile.extrapolations(profile.architecture).empty());
        const Uncertainty uncertainty = profile.uncertainty_of({});
        CHECK(uncertainty.total_percent == 10);
        CHECK(uncertainty.component_percent == 30);
    }
}

TEST_CASE("more of anything never costs less, but for smaller banks and a wider L2",
          "[energy][size][law]") {
    const Profile profile = shipped("isvlsi23");
    std::mt19937 random(23);
    for (const auto& [name, size] : profile.architecture) {
        if (!std::holds_alternative<u64>(size) || name.ends_with("banks"))
            continue;
        CAPTURE(name);
        Architecture sizes = profile.architecture;
        for (auto& [other, value] : sizes)
            if (auto* count = std::get_if<u64>(&value))
                *count = std::max<u64>(1, *count << random() % 3 >> 1);
        const u64 start = std::max<u64>(1, std::get<u64>(size) >> 3);
        u64 before = 0;
        for (u64 count = start; count <= start << 6; count *= 2) {
            const u64 total = cost_of(profile, with(sizes, name, count)).total;
            CHECK(total >= before);
            before = total;
        }
    }
}

TEST_CASE("more cores leak more and load the clock more", "[energy][size][law]") {
    const Profile profile = shipped("isvlsi23");
    Cost before;
    for (u64 cores = 1; cores <= 16; ++cores) {
        CAPTURE(cores);
        const Cost cost = cost_of(profile, with(profile.architecture, "cores", cores));
        CHECK(cost.leakage > before.leakage);
        CHECK(cost.infrastructure > before.infrastructure);
        CHECK(cost.total > before.total);
        before = cost;
    }
}

TEST_CASE("twice the TCDM leaks twice, but for what belongs to its banks", "[energy][size][law]") {
    const Profile profile = shipped("isvlsi23");
    const Cost reference = cost_of(profile, profile.architecture);

    const Cost twice = cost_of(profile, with(profile.architecture, "tcdm.bytes", u64{262144}));
    const Cost large = cost_of(profile, with(profile.architecture, "tcdm.bytes", u64{1048576}));

    CHECK(double(twice.tcdm_leakage) == Approx(1.93 * double(reference.tcdm_leakage)));
    CHECK(double(large.tcdm_leakage) == Approx(7.51 * double(reference.tcdm_leakage)));
    CHECK(twice.tcdm > reference.tcdm);  // banks of 16 KiB
}

TEST_CASE("more banks of the same bytes make an access cheaper and the rest dearer",
          "[energy][size][law]") {
    const Profile profile = shipped("isvlsi23");
    const auto price_of = [&](const char* symbol, u64 banks) {
        const auto found = std::ranges::find(profile.coefficients, symbol, &Coefficient::symbol);
        const Architecture sizes = with(profile.architecture, "tcdm.banks", banks);
        return found->pj * profile.scale_of(found->scales, sizes);
    };

    CHECK(price_of("bank_r", 64) == Approx(0.5 * price_of("bank_r", 16)));
    CHECK(price_of("lic", 64) > price_of("lic", 16));
    CHECK(price_of("infra", 64) > price_of("infra", 16));
    CHECK(cost_of(profile, with(profile.architecture, "tcdm.banks", u64{64})).leakage >
          cost_of(profile, profile.architecture).leakage);
}

TEST_CASE("a core with fewer instructions has less clock load and leaks less",
          "[energy][size][law]") {
    const Profile profile = shipped("isvlsi23");
    u64 before = 0;
    for (const char* isa : {"rv32imc", "xpulpv2", "xpulpnn", "flexv"}) {
        CAPTURE(isa);
        const u64 total =
            cost_of(profile, with(profile.architecture, "core.isa", std::string(isa))).total;
        CHECK(total > before);
        before = total;
    }
}

TEST_CASE("each size that is extrapolated adds its share to the uncertainty", "[energy][size]") {
    const Profile profile = shipped("isvlsi23");
    Architecture sizes = with(profile.architecture, "cores", u64{1});  // three halvings
    sizes = with(sizes, "tcdm.bytes", u64{1048576});                   // three doublings
    sizes = with(sizes, "core.isa", std::string{"xpulpv2"});           // counts as one
    sizes = with(sizes, "l2.bytes", u64{16384000});                    // outside

    const auto found = profile.extrapolations(sizes);
    const Uncertainty uncertainty = profile.uncertainty_of(found);

    REQUIRE(found.size() == 4);
    CHECK(found[0].name == "cores");
    CHECK(found[0].doublings() == 3);
    CHECK_FALSE(found[0].outside);
    CHECK(found[3].name == "l2.bytes");
    CHECK(found[3].outside);
    const double doublings = 3 * 3 + 3 * 3 + 1;
    CHECK(uncertainty.total_percent == Approx(std::sqrt(100 + 25 * doublings)));
    CHECK(uncertainty.component_percent == Approx(std::sqrt(900 + 225 * doublings)));
}
