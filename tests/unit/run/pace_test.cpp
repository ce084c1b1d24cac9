// SPDX-License-Identifier: Apache-2.0
#include "platform/run/pace.hpp"

#include <catch2/catch.hpp>

using flexv::platform::Pace;
using namespace std::chrono_literals;

TEST_CASE("a simulation that is faster than its user is ahead", "[pace]") {
    Pace pace;

    CHECK(pace.lead(5ms, 1ms) == 4ms);
    CHECK(pace.lead(5ms, 5ms) == 0ms);
}

TEST_CASE("a simulation that was slower does not catch up", "[pace]") {
    Pace pace;

    CHECK(pace.lead(1ms, 10s) == 0ms);
    CHECK(pace.lead(501ms, 10s) == 500ms);
    CHECK(pace.lead(501ms, 10s + 500ms) == 0ms);
}
