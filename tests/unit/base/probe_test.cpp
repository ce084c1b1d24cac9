// SPDX-License-Identifier: Apache-2.0
#include "base/probe.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace flexv {

TEST_CASE("all who look on are told, in the order in which they came", "[probe]") {
    Probe<void(unsigned core, const std::string& what)> probe;
    std::string told;
    CHECK_FALSE(probe.is_attached());
    probe(0, "nobody hears it");

    probe.attach([&told](unsigned core, const std::string& what) {
        told += "first " + std::to_string(core) + what;
    });
    probe.attach([&told](unsigned, const std::string& what) { told += ", second " + what; });
    probe(7, "x");

    CHECK(probe.is_attached());
    CHECK(told == "first 7x, second x");
}

}  // namespace flexv
