// SPDX-License-Identifier: Apache-2.0
#include "platform/config/energy_profiles.hpp"

#include "base/error.hpp"
#include "support/scratch_folder.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::platform;
using Catch::Contains;

TEST_CASE("the shipped energy profiles are part of the program", "[report][profile]") {
    const auto names = energy_profile_names();

    CHECK(names == std::vector<std::string>{"isvlsi23", "shaheen"});
    for (const std::string& name : names)
        CHECK(load_energy_profile(name).name == name);
    CHECK(load_energy_profile(kDefaultEnergyProfile).reference.mhz == 463);
}

TEST_CASE("an energy profile can be a file that extends a shipped one", "[report][profile]") {
    const flexv::test::ScratchFolder folder;

    const energy::Profile profile = load_energy_profile(
        folder.write("mine.json", R"({"extends": "isvlsi23", "name": "mine"})"));

    CHECK(profile.name == "mine");
    CHECK(profile.reference.vdd == 0.65);
}

TEST_CASE("an unknown energy profile is answered with those that exist", "[report][profile]") {
    CHECK_THROWS_WITH(load_energy_profile("isvlsi24"),
                      Contains("isvlsi24") && Contains("isvlsi23, shaheen"));
}
