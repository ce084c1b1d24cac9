// SPDX-License-Identifier: Apache-2.0
// Happens-before between agents, from made-up accesses.
#include "platform/checks/race_detector.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::platform;
using Kind = SyncObject::Kind;

namespace {

constexpr SyncObject kBarrier{Kind::barrier, 0};
constexpr Address kWord = 0x1000'0040;

/// Three agents whose time is the number of the access.
struct Agents {
    RaceDetector detector{3};
    ClusterCycles now = 0;

    bool access(unsigned agent, Address address, unsigned bytes, bool is_write) {
        ++now;
        return detector
            .access({.agent = agent,
                     .address = address,
                     .bytes = bytes,
                     .is_write = is_write,
                     .pc = Address(0x100 * agent),
                     .cycle = now})
            .has_value();
    }
    bool write(unsigned agent, Address address = kWord, unsigned bytes = 4) {
        return access(agent, address, bytes, true);
    }
    bool read(unsigned agent, Address address = kWord, unsigned bytes = 4) {
        return access(agent, address, bytes, false);
    }
    void hand_over(unsigned from, unsigned to, const SyncObject& object = kBarrier) {
        detector.signal(from, object);
        detector.take(to, object);
    }
};

}  // namespace

TEST_CASE("two agents that write a word race, and the earlier one is named", "[races]") {
    Agents agents;
    CHECK_FALSE(agents.write(0));

    const auto other = agents.detector.access(
        {.agent = 1, .address = kWord, .is_write = true, .pc = 4, .cycle = 9});

    REQUIRE(other);
    CHECK(other->agent == 0);
    CHECK(other->is_write);
    CHECK(other->cycle == 1);
}

TEST_CASE("a read and a write race, two reads do not", "[races]") {
    Agents agents;

    CHECK_FALSE(agents.read(0));
    CHECK_FALSE(agents.read(1));
    CHECK(agents.write(2));
}

TEST_CASE("one agent never races with itself", "[races]") {
    Agents agents;

    CHECK_FALSE(agents.write(0));
    CHECK_FALSE(agents.read(0));
    CHECK_FALSE(agents.write(0));
}

TEST_CASE("what was signalled and taken is ordered", "[races]") {
    Agents agents;
    agents.write(0);
    agents.hand_over(0, 1);

    CHECK_FALSE(agents.write(1));
    CHECK(agents.read(2));
}

TEST_CASE("order goes through others", "[races]") {
    Agents agents;
    agents.write(0);
    agents.hand_over(0, 1, {Kind::software_event, 1});
    agents.hand_over(1, 2, {Kind::mutex, 0});

    CHECK_FALSE(agents.write(2));
}

TEST_CASE("what comes behind the signal is not ordered by it", "[races]") {
    Agents agents;
    agents.detector.signal(0, kBarrier);
    agents.write(0);
    agents.detector.take(1, kBarrier);

    CHECK(agents.read(1));
}

TEST_CASE("another object orders nothing, all of a kind order all of them", "[races]") {
    Agents agents;
    agents.write(0);
    agents.detector.signal(0, {Kind::barrier, 3});
    agents.detector.take(1, {Kind::barrier, 2});
    agents.detector.take(2, {Kind::barrier, SyncObject::kAll});

    CHECK_FALSE(agents.read(2));
    CHECK(agents.write(1));
}

TEST_CASE("bytes of one word are apart", "[races]") {
    Agents agents;
    agents.write(0, kWord, 1);

    CHECK_FALSE(agents.write(1, kWord + 1, 1));
    CHECK_FALSE(agents.write(2, kWord + 2, 2));
    CHECK(agents.read(2, kWord, 4));
}

TEST_CASE("a read that was ordered hides no other one", "[races]") {
    Agents agents;
    agents.read(0);
    agents.read(1);
    agents.hand_over(1, 2);

    CHECK(agents.write(2));  // the read of 0
}

TEST_CASE("who begins knows what its starter knows, and not the other way round", "[races]") {
    Agents agents;
    agents.write(0);
    agents.detector.begin(2, 0);

    CHECK_FALSE(agents.write(2));
    CHECK(agents.read(0));
    CHECK(agents.read(1));
}

TEST_CASE("what was signalled anywhere can be taken at once", "[races]") {
    Agents agents;
    agents.write(0);
    agents.detector.signal(0, {Kind::device, 7});
    agents.detector.take_all(1);

    CHECK_FALSE(agents.write(1));
}
