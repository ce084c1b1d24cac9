// SPDX-License-Identifier: Apache-2.0
#include "energy/pattern.hpp"

#include <catch2/catch.hpp>

using namespace flexv::energy;
using Parts = std::vector<std::string>;

TEST_CASE("a star stands for part of one name of the path", "[energy][pattern]") {
    CHECK(match("cluster.core*.alu", "cluster.core12.alu") == Parts{"12"});
    CHECK(match("*.core*.alu", "cluster.core3.alu") == Parts{"cluster", "3"});

    CHECK_FALSE(match("cluster.*.alu", "cluster.core0.lsu.alu"));
    CHECK_FALSE(match("cluster.core*.alu", "cluster.core.alu"));
    CHECK_FALSE(match("cluster.core*.alu", "cluster.core0.alu2"));
    CHECK_FALSE(match("cluster.core*", "cluster.core0.alu"));
}

TEST_CASE("two stars cross the dots of a path", "[energy][pattern]") {
    CHECK(match("fc.**", "fc.core.alu") == Parts{"core.alu"});
    CHECK(match("**.alu", "cluster.core0.alu") == Parts{"cluster.core0"});
    CHECK_FALSE(match("fc.**", "fc."));
}

TEST_CASE("a name without stars matches only itself", "[energy][pattern]") {
    CHECK(match("cluster.cycles", "cluster.cycles") == Parts{});
    CHECK_FALSE(match("cluster.cycles", "cluster.cycle"));
    CHECK_FALSE(match("cluster.cycle", "cluster.cycles"));
}

TEST_CASE("the parts of a match fill the stars of another pattern", "[energy][pattern]") {
    CHECK(substitute("cluster.core*", {"7", "spare"}) == "cluster.core7");
    CHECK(substitute("**.x.*", {"a.b", "c"}) == "a.b.x.c");
    CHECK(substitute("plain", {"7"}) == "plain");
}
