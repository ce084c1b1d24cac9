// SPDX-License-Identifier: Apache-2.0
#include "energy/pattern.hpp"

#include <catch2/catch.hpp>

using namespace flexv::energy;
using Parts = std::vector<std::string>;

TEST_CASE("a star stands for part of one name of the path", "[energy][pattern]") {
    CHECK(Pattern("cluster.core*.alu").match("cluster.core12.alu") == Parts{"12"});
    CHECK(Pattern("*.core*.alu").match("cluster.core3.alu") == Parts{"cluster", "3"});

    CHECK_FALSE(Pattern("cluster.*.alu").match("cluster.core0.lsu.alu"));
    CHECK_FALSE(Pattern("cluster.core*.alu").match("cluster.core.alu"));
    CHECK_FALSE(Pattern("cluster.core*.alu").match("cluster.core0.alu2"));
    CHECK_FALSE(Pattern("cluster.core*").match("cluster.core0.alu"));
}

TEST_CASE("two stars cross the dots of a path", "[energy][pattern]") {
    CHECK(Pattern("fc.**").match("fc.core.alu") == Parts{"core.alu"});
    CHECK(Pattern("**.alu").match("cluster.core0.alu") == Parts{"cluster.core0"});
    CHECK_FALSE(Pattern("fc.**").match("fc."));
}

TEST_CASE("a name without stars matches only itself", "[energy][pattern]") {
    CHECK(Pattern("cluster.cycles").match("cluster.cycles") == Parts{});
    CHECK_FALSE(Pattern("cluster.cycles").match("cluster.cycle"));
    CHECK_FALSE(Pattern("cluster.cycle").match("cluster.cycles"));
}

TEST_CASE("what stands around the wild cards cannot be the same characters", "[energy][pattern]") {
    CHECK_FALSE(Pattern("ab*ba").match("aba"));
    CHECK_FALSE(Pattern("ab*ba").match("abba"));  // a wild card stands for one character at least
    CHECK(Pattern("ab*ba").match("ab-ba") == Parts{"-"});
    CHECK_FALSE(Pattern("").match("a"));
    CHECK(Pattern("").matches(""));
}

TEST_CASE("the parts of a match fill the stars of another pattern", "[energy][pattern]") {
    CHECK(substitute("cluster.core*", {"7", "spare"}) == "cluster.core7");
    CHECK(substitute("**.x.*", {"a.b", "c"}) == "a.b.x.c");
    CHECK(substitute("plain", {"7"}) == "plain");
}
