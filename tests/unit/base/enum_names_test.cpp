// SPDX-License-Identifier: Apache-2.0
// Enumerators that the compiler counts and names that stand for them.
#include "base/enum_names.hpp"
#include "base/units.hpp"

#include <catch2/catch.hpp>

namespace flexv {

namespace {

enum class Fruit : u8 { apple, pear, plum2 };
enum class Single { only };

}  // namespace

TEST_CASE("the compiler counts enumerators, also where a name ends in a digit", "[enum_names]") {
    CHECK(kEnumerators<Fruit> == 3);
    CHECK(kEnumerators<Single> == 1);
}

TEST_CASE("an enumerator is the index of its name", "[enum_names]") {
    constexpr auto kNames = enum_names<Fruit>("an apple", "a pear", "a plum");

    CHECK(kNames[Fruit::apple] == "an apple");
    CHECK(kNames[Fruit::plum2] == "a plum");
}

}  // namespace flexv
