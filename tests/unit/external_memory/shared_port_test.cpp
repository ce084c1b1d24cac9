// SPDX-License-Identifier: Apache-2.0
#include "external_memory/shared_port.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace flexv::external_memory {
namespace {

SharedPort port_of(u64 millibytes, Cycles latency, u64 burst) {
    return SharedPort(
        {.millibytes_per_cycle = millibytes, .latency_cycles = latency, .burst_bytes = burst});
}

TEST_CASE("an access takes the latency and the time of its bytes", "[external_memory]") {
    CHECK(port_of(400, 30, 1024).access(100, {.address = 0, .bytes = 256}) == 30 + 640);
    CHECK(port_of(400, 0, 1024).access(0, {.address = 0, .bytes = 1}) == 3);  // 2.5 cycles
    CHECK(port_of(8000, 30, 1024).access(7, {.address = 64, .bytes = 64}) == 30 + 8);
}

TEST_CASE("accesses wait for those before them, whoever sent them", "[external_memory]") {
    SharedPort port = port_of(400, 30, 1024);

    CHECK(port.access(0, {.address = 0, .bytes = 256}) == 670);
    CHECK(port.access(10, {.address = 0x1000, .bytes = 4}) == 660 + 30 + 10);
    CHECK(port.access(5000, {.address = 0, .bytes = 4}) == 40);
    CHECK(port.bursts() == 3);
}

TEST_CASE("an access that goes on where the last one ends needs no new burst",
          "[external_memory]") {
    SharedPort port = port_of(500, 30, 1024);

    CHECK(port.access(0, {.address = 0, .bytes = 256}) == 30 + 512);
    CHECK(port.access(5, {.address = 256, .bytes = 256}) == 537 + 512);
    CHECK(port.bursts() == 1);

    SECTION("but when it comes late") {
        CHECK(port.access(1055, {.address = 512, .bytes = 2}) == 30 + 4);
    }
    SECTION("but when it turns the direction") {
        CHECK(port.access(1054, {.address = 512, .bytes = 2, .is_write = true}) == 30 + 4);
    }
    SECTION("but at another address") {
        CHECK(port.access(1054, {.address = 513, .bytes = 2}) == 30 + 4);
    }
    SECTION("and in the cycle in which it ends it is in time") {
        CHECK(port.access(1054, {.address = 512, .bytes = 2}) == 4);
    }
}

TEST_CASE("a burst is closed behind its longest length", "[external_memory]") {
    SharedPort port = port_of(1000, 10, 64);

    CHECK(port.access(0, {.address = 0, .bytes = 200}) == 4 * 10 + 200);  // 64, 64, 64, 8
    CHECK(port.access(0, {.address = 200, .bytes = 56}) == 240 + 56);     // fills the fourth
    CHECK(port.access(0, {.address = 256, .bytes = 1}) == 296 + 10 + 1);
    CHECK(port.bursts() == 5);
}

TEST_CASE("no queue moves more bytes than the port has, and a full one no fewer",
          "[external_memory]") {
    std::mt19937 random(1);
    SharedPort port = port_of(400, 0, 1024);
    u64 bytes = 0;
    Cycles end = 0;
    for (unsigned i = 0; i < 10'000; ++i) {
        const u64 length = 1 + random() % 256;
        bytes += length;
        end = port.access(0, {.address = random(), .bytes = length});
    }

    CHECK(u64(end) == (bytes * 1000 + 399) / 400);
}

TEST_CASE("a reset forgets what is under way", "[external_memory]") {
    SharedPort port = port_of(400, 30, 1024);
    port.access(0, {.address = 0, .bytes = 4096});

    port.reset();

    CHECK(port.access(1, {.address = 4096, .bytes = 2}) == 35);
    CHECK(port.bursts() == 1);
}

}  // namespace
}  // namespace flexv::external_memory
