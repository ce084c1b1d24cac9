// SPDX-License-Identifier: Apache-2.0
// The two levels clock by clock, without a kernel: which line stays, and in which cycle a word
// comes (docs/spec/state_machines.md 2 and 3).
#include "icache/private_cache.hpp"
#include "icache/shared_cache.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

namespace flexv::test {

namespace {

using icache::PrivateCache;
using icache::SharedCache;
using icache::Tags;

constexpr Address kSetStride = 128;  ///< 8 sets of 16 bytes
constexpr Cycles kLatency = 10;

/// Private caches before a shared one. Each core asks for one word after the other, the next one
/// in the cycle in which the last one comes.
class Bench final : private icache::Refills, private icache::RefillClient {
public:
    explicit Bench(unsigned cores, bool prefetches = false)
        : shared_({.cores = cores, .memory_latency = kLatency}, *this), cores_(cores) {
        for (unsigned core = 0; core < cores; ++core) {
            cores_[core].cache = std::make_unique<PrivateCache>(
                PrivateCache::Config{.core = core}, static_cast<icache::Refills&>(*this));
            cores_[core].cache->set_mode(true, prefetches);
            cores_[core].cache->resume(0, false);
        }
    }
    /// From cycle `start` on `core` fetches these words.
    void fetch(unsigned core, Cycles start, std::vector<Address> words) {
        cores_[core].start = start;
        cores_[core].words = std::move(words);
        cores_[core].came.clear();
    }
    void run(Cycles end) {
        for (; now_ < end; ++now_) {
            for (Core& core : cores_)
                clock(core);
            (void)shared_.clock(now_);
        }
    }
    /// The cycles in which the words of `core` came.
    [[nodiscard]] const std::vector<Cycles>& came(unsigned core) const { return cores_[core].came; }
    [[nodiscard]] PrivateCache& cache(unsigned core) { return *cores_[core].cache; }
    [[nodiscard]] SharedCache& shared() { return shared_; }

private:
    struct Core {
        std::unique_ptr<PrivateCache> cache;
        std::vector<Address> words;
        std::vector<Cycles> came;
        Cycles start = 0;
        std::size_t granted = 0;
    };

    void clock(Core& core) {
        if (core.cache->begin(now_))
            core.came.push_back(now_);
        const bool is_free = core.granted == core.came.size();
        const bool asks = is_free && now_ >= core.start && core.granted < core.words.size();
        const Address address = asks ? core.words[core.granted] : 0;
        core.granted += asks && core.cache->grants() ? 1U : 0U;
        core.cache->end(asks, address);
    }
    void refill(unsigned core, Address line, Cycles cycle, bool is_cached) override {
        shared_.request(core, line, cycle, is_cached);
    }
    [[nodiscard]] Cycles now() const override { return now_; }
    void answer(unsigned core, Cycles cycle) override { cores_[core].cache->answer(cycle); }
    void promise(unsigned core, Cycles cycle) override { cores_[core].cache->promise(cycle); }

    SharedCache shared_;
    std::vector<Core> cores_;
    Cycles now_ = 0;
};

}  // namespace

TEST_CASE("free ways of a set go first, the highest one before the others", "[icache]") {
    Tags tags(512, 4, 16, 16);

    for (Address line = 0; line < 4 * kSetStride; line += kSetStride) {
        const std::optional<unsigned> way = tags.free_way(line);
        REQUIRE(way);
        CHECK(*way == 3 - line / kSetStride);
        tags.put(line, *way);
    }

    CHECK_FALSE(tags.free_way(0));
    CHECK(tags.free_way(16));
}

TEST_CASE("a flush of one line leaves the others", "[icache]") {
    Tags tags(512, 4, 16, 16);
    tags.put(0, 3);
    tags.put(kSetStride, 2);

    tags.flush(0);

    CHECK_FALSE(tags.has(0));
    CHECK(tags.has(kSetStride));
}

TEST_CASE("a line that comes takes out of the filter only the one whose place it takes",
          "[icache]") {
    constexpr Address kOther = kSetStride + 16;
    Bench bench(1);
    bench.fetch(0, 0, {0, kSetStride, 2 * kSetStride, 3 * kSetStride, kOther, 4 * kSetStride});
    for (Cycles end{1}; bench.came(0).size() < 5; ++end)
        bench.run(end);
    PrivateCache& cache = bench.cache(0);
    for (const Address line : {0U, kSetStride, 2 * kSetStride, 3 * kSetStride, kOther})
        REQUIRE(cache.is_settled(line));

    bench.run(300);

    CHECK(cache.filter().has(kOther));
    unsigned left = 0;
    for (const Address line : {0U, kSetStride, 2 * kSetStride, 3 * kSetStride}) {
        left += cache.filter().has(line) ? 1U : 0U;
        CHECK(cache.filter().has(line) == cache.is_settled(line));
    }
    CHECK(left == 3);
}

TEST_CASE("the random way steps through a register of eight bits", "[icache]") {
    icache::Lfsr lfsr;
    unsigned steps = 0;
    do {
        lfsr.step();
        ++steps;
    } while (lfsr.way(256) != 0);

    CHECK(steps > 64);
}

TEST_CASE("a line that nobody has comes 8 + m cycles behind its grant", "[icache]") {
    Bench bench(1);
    bench.fetch(0, 5, {0x100, 0x104});

    bench.run(60);

    CHECK(bench.came(0) == std::vector<Cycles>{5 + 8 + kLatency, 5 + 8 + kLatency + 2});
    CHECK(bench.shared().events().misses == 1);
}

TEST_CASE("a line of the shared level comes three cycles behind its grant", "[icache]") {
    Bench bench(2);
    bench.fetch(0, 5, {0x100});
    bench.run(60);
    bench.fetch(1, 60, {0x100});

    bench.run(80);

    CHECK(bench.came(1) == std::vector<Cycles>{63});
    CHECK(bench.shared().events().hits == 1);
}

TEST_CASE("words of a line that is held come one per cycle", "[icache]") {
    Bench bench(1);
    bench.fetch(0, 0, {0x100, 0x104, 0x108, 0x10c});

    bench.run(60);

    const std::vector<Cycles> came = bench.came(0);
    REQUIRE(came.size() == 4);
    CHECK(came[2] == came[1] + 1);
    CHECK(came[3] == came[2] + 1);
}

TEST_CASE(
    "who asks for a line that is on its way gets it two cycles behind the first, the others "
    "one by one",
    "[icache]") {
    Bench bench(4);
    for (unsigned core = 0; core < 4; ++core)
        bench.fetch(core, 5, {0x100});

    bench.run(60);

    const Cycles first = 5 + 8 + kLatency;
    std::vector<Cycles> came;
    for (unsigned core = 0; core < 4; ++core)
        came.push_back(bench.came(core).front());
    std::ranges::sort(came);
    CHECK(came[0] == first);
    CHECK(came[1] == first + 2);
    CHECK(came[3] == came[2] + 1);
    CHECK(bench.shared().events().refills == 1);
}

TEST_CASE("refills of one bank overlap", "[icache]") {
    Bench bench(4);
    for (unsigned core = 0; core < 4; ++core)
        bench.fetch(core, 5, {0x100 + 32 * core});

    bench.run(80);

    Cycles last = 0;
    for (unsigned core = 0; core < 4; ++core)
        last = std::max(last, bench.came(core).front());
    CHECK(last < 5 + 2 * (8 + kLatency));
    CHECK(bench.shared().events().refills == 4);
}

TEST_CASE("the next line is on its way while the words of this one are used", "[icache]") {
    Bench bench(1, true);
    bench.fetch(0, 5, {0x100, 0x104, 0x108, 0x10c, 0x110});
    Bench without(1);
    without.fetch(0, 5, {0x100, 0x104, 0x108, 0x10c, 0x110});

    bench.run(80);
    without.run(80);

    CHECK(bench.came(0)[0] == without.came(0)[0]);
    CHECK(bench.came(0)[4] < without.came(0)[4]);
    CHECK(bench.cache(0).events().prefetches >= 1);
}

/// docs/spec/state_machines.md 5: `x_call`.
TEST_CASE("a look-up ahead compares the new line's tag with the set of the old one", "[icache]") {
    const auto prefetches = [](std::vector<Address> held) {
        Bench bench(1);
        bench.fetch(0, 0, std::move(held));
        bench.run(120);
        PrivateCache& cache = bench.cache(0);
        cache.set_mode(true, true);
        cache.resume(0x1f0, false);
        for (const Address asked : {0x1f4U, 0x134U}) {  // aims at 0x200, then jumps: at 0x140
            (void)cache.begin(Cycles{asked == 0x134U ? 121U : 120U});
            cache.end(true, asked);
        }
        (void)cache.begin(122);
        return cache.events().prefetches;
    };

    CHECK(prefetches({0x1f0, 0x130}) == 1);
    CHECK(prefetches({0x1f0, 0x130, 0x100}) == 0);  // set 0 as 0x200, tag as 0x140
}

TEST_CASE("a prefetch that is switched off comes to its end, and no other begins", "[icache]") {
    for (Cycles off = 5; off < 50; ++off) {
        CAPTURE(off);
        Bench bench(1, true);
        bench.fetch(0, 5, {0x100, 0x104, 0x108, 0x10c, 0x110, 0x114});
        bench.run(off);
        bench.cache(0).set_mode(true, false);
        const u64 before = bench.cache(0).events().prefetches;

        bench.run(200);

        CHECK(bench.came(0).size() == 6);
        CHECK(bench.cache(0).events().prefetches <= before + 1);
        CHECK(bench.cache(0).is_calm());
    }
}

TEST_CASE("the lowest core goes first where two pass the cache by in one cycle", "[icache]") {
    Bench bench(2);
    for (unsigned core : {1U, 0U}) {  // asked in this order
        bench.cache(core).set_mode(false, false);
        bench.fetch(core, 5, {0x100 + 0x100 * core});
    }

    bench.run(60);

    CHECK(bench.came(0)[0] < bench.came(1)[0]);
}

TEST_CASE("while the cache is off only the line fetched last is held", "[icache]") {
    Bench bench(1);
    bench.cache(0).set_mode(false, false);
    bench.fetch(0, 5, {0x100, 0x104, 0x110, 0x100});

    bench.run(120);

    CHECK(bench.came(0).size() == 4);
    CHECK(bench.cache(0).events().bypassed == 3);
    CHECK(bench.shared().events().misses == 0);
}

TEST_CASE("a reset in the middle of a refill forgets it", "[icache]") {
    Bench bench(1);
    bench.fetch(0, 0, {0x100});
    bench.run(10);

    bench.cache(0).reset();
    bench.shared().reset();
    bench.run(60);

    CHECK(bench.came(0).empty());
    CHECK(bench.cache(0).is_calm());
}

}  // namespace flexv::test
