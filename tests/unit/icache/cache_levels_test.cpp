// SPDX-License-Identifier: Apache-2.0
// The two levels as plain logic: which line stays, and when a line leaves the shared level.
#include "icache/private_cache.hpp"
#include "icache/shared_cache.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

namespace flexv::test {

namespace {

using icache::PrivateCache;
using icache::SharedCache;

constexpr Address kSetStride = 128;  ///< 8 sets of 16 bytes

unsigned resident(const PrivateCache& cache, unsigned lines) {
    unsigned count = 0;
    for (Address line = 0; line < lines * kSetStride; line += kSetStride)
        count += cache.contains(line) ? 1U : 0U;
    return count;
}

}  // namespace

TEST_CASE("four lines of a set fit without a victim", "[icache]") {
    PrivateCache cache(512, 4, 16);

    for (Address line = 0; line < 4 * kSetStride; line += kSetStride) {
        CHECK(cache.has_room_for(line));
        cache.fill(line);
    }

    CHECK(resident(cache, 4) == 4);
    CHECK_FALSE(cache.has_room_for(0));
    CHECK(cache.has_room_for(16));
}

TEST_CASE("the fifth line of a set replaces one of the four", "[icache]") {
    PrivateCache cache(512, 4, 16);
    for (Address line = 0; line < 5 * kSetStride; line += kSetStride)
        cache.fill(line);

    CHECK(resident(cache, 5) == 4);
    CHECK(cache.contains(4 * kSetStride));
}

TEST_CASE("a flush of one line leaves the others", "[icache]") {
    PrivateCache cache(512, 4, 16);
    cache.fill(0);
    cache.fill(kSetStride);

    cache.flush(0);

    CHECK_FALSE(cache.contains(0));
    CHECK(cache.contains(kSetStride));
}

TEST_CASE("the pseudo-random way visits all ways and repeats after 255 steps", "[icache]") {
    icache::Lfsr lfsr;
    std::vector<unsigned> ways(2 * 255);
    for (unsigned& way : ways)
        way = lfsr.take(4);

    for (unsigned way = 0; way < 4; ++way)
        CHECK(std::ranges::count(ways, way) >= 2 * 63);
    CHECK(std::equal(ways.begin(), ways.begin() + 255, ways.begin() + 255));
}

TEST_CASE("a line from memory loses 8 + m cycles and from the shared cache 3", "[icache]") {
    SharedCache cache({.latencies = {.memory = 20}});

    const SharedCache::Answer cold = cache.read(0x40, 100);
    const SharedCache::Answer warm = cache.read(0x40, 200);

    CHECK(cold.is_refill);
    CHECK(cold.ready == 100 + 28);
    CHECK_FALSE(warm.is_refill);
    CHECK(warm.ready == 203);
}

TEST_CASE("cores that ask for a line under way wait for the same refill in turn", "[icache]") {
    SharedCache cache({.latencies = {.memory = 10}});

    for (Cycles core = 0; core < 8; ++core) {
        const SharedCache::Answer answer = cache.read(0x40, 100);
        CHECK(answer.is_refill == (core == 0));
        CHECK(answer.ready == 118 + core);
    }
}

TEST_CASE("a bank accepts one request a cycle, the other bank another", "[icache]") {
    SharedCache cache(SharedCache::Config{});
    cache.read(0x00, 0);
    cache.read(0x10, 0);
    cache.read(0x20, 0);

    const SharedCache::Answer first = cache.read(0x00, 100);
    const SharedCache::Answer same_bank = cache.read(0x20, 100);
    const SharedCache::Answer other_bank = cache.read(0x10, 100);

    CHECK(first.ready == 103);
    CHECK(same_bank.ready == 104);
    CHECK(same_bank.conflict == 1);
    CHECK(other_bank.ready == 103);
}

TEST_CASE("two refills share the port at two beats a line", "[icache]") {
    SharedCache cache({.latencies = {.memory = 10}});

    CHECK(cache.read(0x00, 100).ready == 118);
    CHECK(cache.read(0x10, 100).ready == 120);
}

TEST_CASE("a read around the cache keeps nothing", "[icache]") {
    SharedCache cache({.latencies = {.memory = 10}});

    CHECK(cache.read_around(100) == 118);
    CHECK(cache.read_around(200) == 218);
    CHECK(cache.available(0x40) == kNever);
}

}  // namespace flexv::test
