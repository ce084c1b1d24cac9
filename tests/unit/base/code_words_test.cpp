// SPDX-License-Identifier: Apache-2.0
#include "base/code_words.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace flexv;

TEST_CASE("an access meets a held word when it has a byte of it", "[code_words]") {
    CodeWords words(256);
    words.add(0x80);

    CHECK(words.meets_access(0x83, 1));
    CHECK(words.meets_access(0x7e, 4));
    CHECK_FALSE(words.meets_access(0x7c, 4));
    CHECK_FALSE(words.meets_access(0x84, 4));
}

TEST_CASE("a word is told once", "[code_words]") {
    CodeWords words(256);
    words.add(0x10);

    CHECK(words.remove(0x10, 4));
    CHECK_FALSE(words.remove(0x10, 4));
}

TEST_CASE("a write takes out the words that it touches and no others", "[code_words]") {
    constexpr unsigned kBytes = 1024;
    const unsigned seed = Catch::rngSeed();
    CAPTURE(seed);
    std::mt19937 generator(seed);
    const auto random = [&generator] { return unsigned(generator()); };
    CodeWords words(kBytes);
    std::set<unsigned> held;
    for (unsigned round = 0; round < 5000; ++round) {
        const unsigned offset = random() % kBytes;
        words.add(offset);
        held.insert(offset / 4);
        const unsigned first = random() % kBytes;
        const unsigned length = 1 + random() % (round % 2 == 0 ? 4 : kBytes - first);
        const unsigned last = std::min(first + length, kBytes) - 1;
        const auto begin = held.lower_bound(first / 4);
        const auto end = held.upper_bound(last / 4);
        const bool is_met = begin != end;
        held.erase(begin, end);

        REQUIRE(words.remove(first, last - first + 1) == is_met);
    }
    for (unsigned word = 0; word < kBytes / 4; ++word)
        CHECK(words.meets_access(4 * word, 4) == held.contains(word));
}
