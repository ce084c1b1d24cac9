// SPDX-License-Identifier: Apache-2.0
#include "base/edit_distance.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace flexv {

TEST_CASE("the edit distance counts inserted, deleted and replaced letters", "[edit_distance]") {
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("bank", "") == 4);
    CHECK(edit_distance("bank", "banks") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest name needs the fewest edits", "[edit_distance]") {
    const std::vector<std::string> names = {"tcdm.writes", "tcdm.reads", "dma.bytes"};

    CHECK(nearest_name("tcdm.raeds", names) == "tcdm.reads");
    CHECK(nearest_name("x", {}).empty());
}

}  // namespace flexv
