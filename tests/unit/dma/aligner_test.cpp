// SPDX-License-Identifier: Apache-2.0
#include "dma/aligner.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace flexv::dma {
namespace {

struct Run {
    unsigned cycles = 0;  ///< from the first word in to the last word out
    u32 words_in = 0;
    u32 words_out = 0;
    bool is_early = false;  ///< a word was given before its bytes were in
};

/// One burst; a word is there, and room is there, with the given chances in 8.
Run run(const Aligner::Job& job, unsigned word_chance, unsigned room_chance) {
    std::minstd_rand random(job.bytes * 64 + job.in_skew * 8 + job.out_skew);
    Aligner aligner;
    Run result;
    aligner.add(job);
    aligner.tick();
    aligner.step(false, false);
    const u32 in = words_touched(job.in_skew, job.bytes);
    const u32 out = words_touched(job.out_skew, job.bytes);
    for (; result.words_in < in || result.words_out < out; ++result.cycles) {
        const auto moves = aligner.step(result.words_in < in && random() % 8 < word_chance,
                                        random() % 8 < room_chance);
        aligner.tick();
        if (moves.gives_word) {
            const u32 needed = std::min(job.bytes, 8 * (result.words_out + 1) - job.out_skew);
            const u32 there = std::min(job.bytes, 8 * result.words_in - job.in_skew);
            result.is_early |= result.words_in == 0 || there < needed;
        }
        result.words_in += moves.takes_word ? 1 : 0;
        result.words_out += moves.gives_word ? 1 : 0;
        if (result.cycles > 10'000)
            FAIL("the aligner does not come to an end");
    }
    return result;
}

TEST_CASE("a burst keeps the aligner busy as the rule says", "[dma]") {
    for (u32 skew = 0; skew < 64; ++skew)
        for (u32 bytes = 1; bytes <= 257; ++bytes) {
            const Aligner::Job job{.in_skew = skew % 8, .out_skew = skew / 8, .bytes = bytes};
            const u32 n = words_touched(job.in_skew, bytes);
            const u32 k = words_touched(job.out_skew, bytes);
            // docs/spec/state_machines.md 4.3
            const bool one_more = k > n || (k == n && job.out_skew <= job.in_skew);
            const u32 expected = n == 1 ? n + k : n + 1 + (one_more ? 1 : 0);
            CAPTURE(job.in_skew, job.out_skew, bytes);
            if (run(job, 8, 8).cycles != expected)
                FAIL("cycles: " << run(job, 8, 8).cycles << ", expected " << expected);
        }
    SUCCEED();
}

TEST_CASE("no byte leaves the aligner before it has come, however the sides stall", "[dma]") {
    for (u32 skew = 0; skew < 64; ++skew)
        for (u32 bytes = 1; bytes <= 100; ++bytes)
            for (const unsigned chance : {2U, 4U, 7U}) {
                const Aligner::Job job{.in_skew = skew % 8, .out_skew = skew / 8, .bytes = bytes};
                const Run result = run(job, chance, 9 - chance);
                if (result.is_early)
                    FAIL("in " << job.in_skew << ", out " << job.out_skew << ", " << bytes);
            }
    SUCCEED();
}

TEST_CASE("the next burst is taken together with the last word of the one before", "[dma]") {
    Aligner aligner;
    aligner.add({.bytes = 8});
    aligner.tick();
    aligner.step(false, true);
    aligner.add({.bytes = 8});
    aligner.tick();
    CHECK(aligner.step(true, true).takes_word);
    aligner.tick();
    CHECK(aligner.step(true, true).gives_word);
    aligner.tick();

    CHECK(aligner.step(true, true).takes_word);
}

}  // namespace
}  // namespace flexv::dma
