// SPDX-License-Identifier: Apache-2.0
#include "unit/energy/profiles.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::energy;
using namespace flexv::energy::test;
using Catch::Contains;

TEST_CASE("a shipped profile names a source for every price", "[energy][profile]") {
    for (const char* name : {"isvlsi23", "shaheen"}) {
        const Profile profile = shipped(name);

        CHECK(profile.name == name);
        CHECK_FALSE(profile.coefficients.empty());
        for (const Coefficient& coefficient : profile.coefficients) {
            INFO(coefficient.symbol);
            CHECK_FALSE(coefficient.source.empty());
        }
    }
}

TEST_CASE("a profile takes over what it extends and changes only what it says",
          "[energy][profile]") {
    const Profile base = shipped("isvlsi23");
    const Profile silicon = shipped("shaheen");

    CHECK(silicon.reference.mhz == 310);
    CHECK(silicon.laws.dynamic_scale > 1.5);
    CHECK(base.laws.dynamic_scale == 1);
    CHECK(silicon.laws.dynamic_exponent == base.laws.dynamic_exponent);
    CHECK(silicon.coefficients.size() == base.coefficients.size());
}

TEST_CASE("a profile changes one price of what it extends, and adds another one",
          "[energy][profile]") {
    const std::string text = R"({"extends": "isvlsi23", "name": "mine", "coefficients": [)" +
                             price("dot", "cluster.core*.dot_products", "cluster.core*", "1.5") +
                             "," + price("mine", "soc.mine.events", "soc.mine", "7") + "]}";
    const Profile base = shipped("isvlsi23");

    const Profile mine = parse_profile(text, "mine.json", shipped_text);

    REQUIRE(mine.coefficients.size() == base.coefficients.size() + 1);
    CHECK(mine.coefficients.back().symbol == "mine");
    for (std::size_t i = 0; i < base.coefficients.size(); ++i) {
        const bool is_changed = base.coefficients[i].counter == "cluster.core*.dot_products";
        CHECK(mine.coefficients[i].symbol == base.coefficients[i].symbol);
        CHECK(mine.coefficients[i].pj == (is_changed ? 1.5 : base.coefficients[i].pj));
    }
    CHECK(mine.statistics.size() == base.statistics.size());
}

TEST_CASE("a price that a file gives twice is refused", "[energy][profile]") {
    const std::string one = price("x", "a.x", "a", "1");

    CHECK_THAT(complaint(small_text(one + "," + price("x", "a.x", "b", "2"))),
               Contains("file.json.coefficients: x of a.x is there twice"));
    CHECK(complaint(small_text(one + "," + price("y", "a.x", "a", "2"))).empty());
}

TEST_CASE("a profile that extends itself is refused", "[energy][profile]") {
    const std::string text = R"({"extends": "me"})";

    CHECK_THROWS_WITH(parse_profile(text, "me.json", [&](const std::string&) { return text; }),
                      Contains("me.json.extends"));
}

TEST_CASE("leakage is split over components and follows its law", "[energy][profile]") {
    const Profile profile = small("");

    REQUIRE(profile.standing.size() == 2);
    CHECK(profile.standing[0].component == "leak.a");
    // 0.25 mW / 100 MHz = 2.5 pJ per cycle; e^2 more at 2 V.
    CHECK(profile.attojoules(profile.standing[0], {.vdd = 1.0, .mhz = 100}) == 2'500'000);
    CHECK(profile.attojoules(profile.standing[0], {.vdd = 2.0, .mhz = 100}) == 18'472'640);
    CHECK(profile.attojoules(profile.standing[0], {.vdd = 1.0, .mhz = 200}) == 1'250'000);
}

TEST_CASE("dynamic energy grows with the square of the voltage", "[energy][profile]") {
    const Profile profile = small(price("x", "a.x", "a", "0.3"));
    const Coefficient& coefficient = profile.coefficients.front();

    CHECK(profile.attojoules(coefficient, {.vdd = 1.0, .mhz = 100}) == 300'000);
    CHECK(profile.attojoules(coefficient, {.vdd = 1.0, .mhz = 999}) == 300'000);
    CHECK(profile.attojoules(coefficient, {.vdd = 2.0, .mhz = 100}) == 1'200'000);
    CHECK(profile.attojoules(coefficient, {.vdd = 1.5, .mhz = 100}) == 675'000);
}

TEST_CASE("an operating point beyond the data of a profile is doubted, not refused",
          "[energy][profile]") {
    const Profile profile = shipped("isvlsi23");

    CHECK(profile.doubts(profile.reference).empty());
    CHECK(profile.doubts({.vdd = 0.8, .mhz = 743}).empty());
    CHECK_THAT(profile.doubts({.vdd = 0.9, .mhz = 463}).at(0), Contains("extrapolated"));
    CHECK_THAT(profile.doubts({.vdd = 0.65, .mhz = 800}).at(0), Contains("463 MHz"));
    CHECK_THAT(profile.doubts({.vdd = 0.55, .mhz = 100}).at(0), Contains("0.6..0.8 V"));
}

TEST_CASE("an operating point for which the laws mean nothing is refused", "[energy][profile]") {
    const Profile profile = shipped("isvlsi23");

    CHECK_THROWS_WITH(profile.doubts({.vdd = 0.91, .mhz = 463}),
                      Contains("0.91 V") && Contains("0.5..0.9 V") && Contains("hint"));
    CHECK_THROWS_WITH(profile.doubts({.vdd = 0.49, .mhz = 100}), Contains("0.5..0.9 V"));
    CHECK_THROWS_WITH(profile.doubts({.vdd = 0.65, .mhz = 1000}), Contains("930 MHz"));
    CHECK_THROWS_AS(profile.doubts({.vdd = 0.0, .mhz = 463}), UserError);
    CHECK_THROWS_AS(profile.doubts({.vdd = 0.65, .mhz = -1}), UserError);
}

TEST_CASE("a faulty profile is refused with file and key", "[energy][profile]") {
    const std::string good = price("x", "a.x", "a", "1");

    CHECK_THAT(complaint("{"), Contains("file.json"));
    CHECK_THAT(complaint("[]"), Contains("file.json: must be an object"));
    CHECK_THAT(complaint("{}"), Contains("file.json.name: is missing"));
    CHECK_THAT(complaint(small_text(good, R"(, "statistic": [])")),
               Contains("file.json.statistic: unknown key; nearest: statistics"));
    CHECK_THAT(complaint(small_text(price("x", "a.x", "a", "-1"))),
               Contains("file.json.coefficients[0].value = -1"));
    CHECK_THAT(complaint(small_text(price("x", "a.x", "a", "\"1\""))),
               Contains("file.json.coefficients[0].value: must be a number"));
    CHECK_THAT(complaint(small_text(good + "," + price("y", "a.y", "a", "1", R"(, "unti": 1)"))),
               Contains("file.json.coefficients[1].unti: unknown key; nearest: unit"));
}

TEST_CASE("unit, kind and leakage shares are checked", "[energy][profile]") {
    const auto with = [](std::string text, const std::string& from, const std::string& to) {
        return text.replace(text.find(from), from.size(), to);
    };
    const std::string text = small_text(price("x", "a.x", "a", "1"));

    CHECK(complaint(text).empty());
    CHECK_THAT(complaint(with(text, R"("pJ")", R"("nJ")")), Contains("must be pJ"));
    CHECK_THAT(complaint(with(text, R"("derived")", R"("guessed")")),
               Contains("file.json.leakage.kind") && Contains("published, derived or assumed"));
    CHECK_THAT(complaint(with(text, "0.75", "0.5")), Contains("sums up to 0.75"));
    CHECK_THAT(complaint(with(text, R"("vdd_max": 2.0)", R"("vdd_max": 0.1)")),
               Contains("file.json.valid: 0.5..0.1 V is no range"));
    CHECK_THAT(complaint(small_text("", R"(, "limits": {"vdd_min": 0.6, "vdd_max": 3,
                                          "kind": "assumed", "source": "test"})")),
               Contains("file.json.limits: must contain the range of `valid`"));
}

TEST_CASE("a profile file that is no proper JSON is refused with its line or key",
          "[energy][profile]") {
    const auto refusal = [](const std::string& text) {
        try {
            (void)parse_profile(text, "file.json", shipped_text);
        } catch (const UserError& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };

    CHECK(refusal("") == "file.json:1: is empty; expected a JSON object: { ... }");
    CHECK_THAT(refusal("{\n\"name\" 3}"), Catch::StartsWith("file.json:2: not valid JSON: "));
    CHECK(refusal("[1]") == "file.json: must be an object");
    CHECK(refusal("{\"a\": {\"b\": 1, \"b\": 2}}") == "file.json.a.b: is given twice; keep one");
    CHECK_THAT(refusal("{\"a\": 1e400}"), Contains("number overflow"));
    CHECK_THAT(refusal(std::string(200'000, '[')), Contains("deeper than 16 levels"));
    CHECK_THAT(refusal("{\"a\": \"\xff\"}"), Contains("\\xff"));
}
