// SPDX-License-Identifier: Apache-2.0
// Words of the remote serial protocol: fields, actions, replies (GDB manual, "Remote Protocol").
#include "platform/debug/thread_actions.hpp"
#include "platform/debug/chosen_thread.hpp"
#include "platform/debug/rsp_text.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::platform;

TEST_CASE("a field ends at its separator, which is taken too", "[debug][rsp]") {
    std::string_view rest = "1c008000,4:abcd";

    CHECK(rsp::take_until(rest, ',') == "1c008000");
    CHECK(rsp::take_until(rest, ':') == "4");
    CHECK(rsp::take_until(rest, ':') == "abcd");
    CHECK(rest.empty());
}

TEST_CASE("a range is two numbers and nothing else", "[debug][rsp]") {
    const auto range = rsp::range_of("1c008000,10");

    REQUIRE(range);
    CHECK(range->address == 0x1c00'8000);
    CHECK(range->bytes == 0x10);
    for (const char* wrong : {"", "1c008000", ",4", "x,4", "1,100000000"})
        CHECK_FALSE(rsp::range_of(wrong));
}

TEST_CASE("a document is told in parts, the last of which says so", "[debug][rsp]") {
    CHECK(rsp::part_of("abcdef", "0,4") == "mabcd");
    CHECK(rsp::part_of("abcdef", "4,4") == "lef");
    CHECK(rsp::part_of("abcdef", "9,4") == "l");
    CHECK(rsp::part_of("abcdef", "4") == rsp::kMalformed);
}

TEST_CASE("each action is for a thread or for all that have none", "[debug][rsp]") {
    const auto actions = actions_of("r1c008000,1c008010:2;C05:1;c", 2);

    REQUIRE(actions);
    REQUIRE(actions->size() == 3);
    CHECK((*actions)[0].thread == 2U);
    CHECK(steps((*actions)[0]));
    CHECK((*actions)[1].letter == 'C');
    CHECK_FALSE(steps((*actions)[1]));
    CHECK_FALSE((*actions)[2].thread);
    const Resumption step = resumption_of((*actions)[0], 2);
    CHECK(step.kind == Resumption::Kind::step);
    CHECK(step.range_first == 0x1c00'8000);
    CHECK(step.range_end == 0x1c00'8010);
}

TEST_CASE("one action that is none spoils all", "[debug][rsp]") {
    for (const char* wrong : {"s:1;x", "c:3", "r1c008000:1", "s:", ";c", "s:1:2"}) {
        CAPTURE(wrong);
        CHECK(actions_of(wrong, 2).has_value() == (std::string_view{wrong} == "s:"));
    }
}

TEST_CASE("all threads are asked from the last to the first, then it is the one from before",
          "[debug][rsp]") {
    ChosenThread chosen{.thread = 2};

    chosen.take(3, 3);
    chosen.take(2, 3);
    chosen.take(1, 3);
    CHECK(chosen.thread == 2);

    chosen.take(1, 3);
    CHECK(chosen.thread == 1);
}
