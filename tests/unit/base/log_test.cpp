// SPDX-License-Identifier: Apache-2.0
// What log lines and payloads tell about who is behind an access.
#include "base/log.hpp"
#include "base/bus_initiator.hpp"

#include <catch2/catch.hpp>

using namespace flexv;

TEST_CASE("what is logged about an access has its cause, inner scopes first", "[log]") {
    ClockDomain clock;
    const Log::Scope outer({.initiator = "core0", .pc = 0x100}, &clock, 5);
    {
        const Log::Scope inner({.initiator = "core1", .pc = 0x200}, &clock, 6);
        CHECK(Log::cause().pc == 0x200);
    }
    CHECK(Log::cause().pc == 0x100);
}

TEST_CASE("a cause names initiator, pc and, where the platform knows it, the function", "[log]") {
    CHECK(Log::text_of({}).empty());
    CHECK(Log::text_of({.initiator = "core0", .pc = 0x100}) == " (core0, pc 0x00000100)");

    Log::set_surroundings({.time = {}, .place = [](Address) { return std::string("f+0x2"); }});
    CHECK(Log::text_of({.initiator = "core0", .pc = 0x100}) == " (core0, pc f+0x2)");
    Log::set_surroundings({});
}

TEST_CASE("a payload carries the cause of the access, and a copy of it does, too", "[log]") {
    CauseExtension extension;
    extension.cause = {.initiator = "core0", .pc = 0x100};
    tlm::tlm_generic_payload trans;
    trans.set_extension(&extension);

    CHECK(cause_of(trans).pc == 0x100);
    tlm::tlm_generic_payload copy;
    copy.deep_copy_from(trans);
    CHECK(cause_of(copy).pc == 0x100);

    trans.clear_extension(&extension);
    CHECK_FALSE(cause_of(trans).is_known());
}
