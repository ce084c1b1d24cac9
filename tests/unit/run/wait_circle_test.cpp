// SPDX-License-Identifier: Apache-2.0
#include "platform/run/wait_circle.hpp"

#include <catch2/catch.hpp>

using flexv::platform::wait_circle;
using Circle = std::vector<unsigned>;

TEST_CASE("the holder of a mutex waits at a barrier for those who want the mutex", "[explain]") {
    // Core 2 holds it; 0 and 1 are at the barrier, too. Most wait for core 3, then for core 2.
    CHECK(wait_circle({0b11000, 0b11000, 0b11000, 0b00100, 0b00100}) == Circle{3, 2});
}

TEST_CASE("two cores hold each other's mutex", "[explain]") {
    CHECK(wait_circle({0b10, 0b01}) == Circle{0, 1});
}

TEST_CASE("a circle may have many members", "[explain]") {
    CHECK(wait_circle({0b0010, 0b0100, 0b0001, 0b0001}) == Circle{0, 1, 2});
}

TEST_CASE("a core that waits for itself is a circle", "[explain]") {
    CHECK(wait_circle({0b1}) == Circle{0});
}

TEST_CASE("cores that wait for one that waits for nobody are none", "[explain]") {
    CHECK(wait_circle({0b100, 0b100, 0b000}).empty());
    CHECK(wait_circle({}).empty());
}
