// SPDX-License-Identifier: Apache-2.0
// The round-robin arbiter against an independent reading of its rule in docs/spec/timing.md 2.1.
#include "base/round_robin.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <vector>

using namespace flexv;

namespace {

/// The rule in words: at every level of the tree the half that asks wins; if both ask, the
/// pointer's bit decides. Written over explicit port sets.
unsigned reference_winner(const std::vector<bool>& requests, unsigned pointer) {
    std::vector<unsigned> ports(requests.size());
    for (unsigned port = 0; port < ports.size(); ++port)
        ports[port] = port;
    while (ports.size() > 1) {
        const std::vector<unsigned> lower(ports.begin(), ports.begin() + long(ports.size() / 2));
        const std::vector<unsigned> upper(ports.begin() + long(ports.size() / 2), ports.end());
        const auto asks = [&](const std::vector<unsigned>& half) {
            for (unsigned port : half)
                if (requests[port])
                    return true;
            return false;
        };
        const bool pointer_says_upper = (pointer / lower.size()) % 2 == 1;
        ports = !asks(lower) || (asks(upper) && pointer_says_upper) ? upper : lower;
    }
    return ports[0];
}

unsigned reference_pointer(const std::vector<bool>& requests, unsigned pointer) {
    for (unsigned port = pointer + 1; port < requests.size(); ++port)
        if (requests[port])
            return port;
    for (unsigned port = 0; port <= pointer; ++port)
        if (requests[port])
            return port;
    return pointer;
}

}  // namespace

TEST_CASE("ports that ask all the time are served in ascending order", "[base]") {
    RoundRobin arbiter(16);
    std::vector<unsigned> order;

    for (int cycle = 0; cycle < 8; ++cycle)
        order.push_back(arbiter.grant(0b1000'0111));

    CHECK(order == std::vector<unsigned>{0, 1, 2, 7, 0, 1, 2, 7});
}

TEST_CASE("a port that asks alone is granted and moves the pointer to itself", "[base]") {
    RoundRobin arbiter(16);
    RoundRobin told(16);

    CHECK(arbiter.grant(1U << 5) == 5);
    told.grant_alone(5);

    CHECK(arbiter.grant(0xffff) == told.grant(0xffff));
}

TEST_CASE("the arbiter follows the tree rule for every width and history", "[base][property]") {
    const unsigned seed = 20231;
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (const unsigned ports : {2U, 16U, 32U}) {
        RoundRobin arbiter(ports);
        unsigned pointer = 0;
        for (int cycle = 0; cycle < 20'000; ++cycle) {
            const u32 requests = u32(random() & random()) & (ports == 32 ? ~0U : (1U << ports) - 1);
            if (requests == 0)
                continue;
            std::vector<bool> asked(ports);
            for (unsigned port = 0; port < ports; ++port)
                asked[port] = (requests >> port & 1) != 0;

            REQUIRE(arbiter.grant(requests) == reference_winner(asked, pointer));

            pointer = reference_pointer(asked, pointer);
        }
    }
}
