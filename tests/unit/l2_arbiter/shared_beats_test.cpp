// SPDX-License-Identifier: Apache-2.0
#include "l2_arbiter/shared_beats.hpp"

#include <catch2/catch.hpp>

namespace flexv::l2_arbiter {
namespace {

TEST_CASE("a cluster that is alone never waits, however much it asks for", "[l2_arbiter]") {
    SharedBeats port(4);

    for (Cycles arrival = 0; arrival < 8; ++arrival)
        CHECK(port.wait(2, arrival, 32) == 0);
}

TEST_CASE("an access waits for what other clusters have asked for before", "[l2_arbiter]") {
    SharedBeats port(2);

    CHECK(port.wait(0, 100, 32) == 0);   // has the port in 100..131
    CHECK(port.wait(1, 110, 4) == 22);   // 132..135
    CHECK(port.wait(0, 120, 32) == 16);  // 136..167
    CHECK(port.wait(1, 300, 1) == 0);
}

TEST_CASE("bursts of one cluster hold the port one after the other", "[l2_arbiter]") {
    SharedBeats port(2);
    for (unsigned burst = 0; burst < 4; ++burst)
        port.wait(0, 10, 32);

    CHECK(port.wait(1, 10, 1) == 4 * 32);
}

TEST_CASE("clusters that stream together share the port evenly", "[l2_arbiter]") {
    constexpr unsigned kClusters = 4;
    constexpr Cycles kBurst = 32;
    constexpr unsigned kBursts = 50;
    SharedBeats port(kClusters);
    Cycles ends[kClusters] = {};

    for (unsigned burst = 0; burst < kBursts; ++burst)
        for (unsigned cluster = 0; cluster < kClusters; ++cluster) {
            const Cycles arrival = ends[cluster];
            ends[cluster] = arrival + port.wait(cluster, arrival, kBurst) + kBurst;
        }

    for (const Cycles end : ends) {
        CHECK(end > kClusters * kBurst * (kBursts - 1));
        CHECK(end <= kClusters * kBurst * kBursts);
    }
}

TEST_CASE("a reset frees the port", "[l2_arbiter]") {
    SharedBeats port(2);
    port.wait(0, 0, 1000);

    port.reset();

    CHECK(port.wait(1, 1, 1) == 0);
}

}  // namespace
}  // namespace flexv::l2_arbiter
