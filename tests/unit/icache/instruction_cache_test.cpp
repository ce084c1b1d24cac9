// SPDX-License-Identifier: Apache-2.0
// The block: when a word comes in each mode, and what the control registers do.
#include "icache/instruction_cache.hpp"

#include "support/bus_contract.hpp"
#include "support/counters.hpp"

#include <catch2/catch.hpp>

namespace flexv::test {

namespace {

using icache::InstructionCache;

constexpr Address kLine = 0x1c00'0100;

// Register offsets, docs/spec/cluster.md section 8.
constexpr Address kEnable = 0x00;
constexpr Address kFlush = 0x04;
constexpr Address kSelectiveFlush = 0x0c;
constexpr Address kClearCounters = 0x10;
constexpr Address kEnableCounters = 0x14;
constexpr Address kPrefetch = 0x1c;
constexpr Address kL1Hits = 0x30;
constexpr Address kL1Misses = 0x38;
constexpr Address kL15Misses = 0x48;
constexpr Address kCore1Misses = 0x68;

/// Asks one fetch port for a word until it comes.
class Fetcher final : public Agent, public FetchClient {
public:
    Fetcher(Timeline& timeline, FetchPort& port) : timeline_(timeline), port_(port) {
        timeline.add(*this);
        port.attach(*this);
    }
    /// Cycles from the one behind `now` to the one in which the word at `address` comes.
    Cycles lost(Address address, Cycles now) {
        address_ = address;
        is_granted_ = false;
        came_ = kNever;
        timeline_.run_until(now);
        timeline_.schedule(*this, now);
        timeline_.run_until(now + 50);
        REQUIRE(came_ != kNever);
        port_.filter().count_entry(line_of(address));
        return came_ - (now + 1);
    }

private:
    void act(Cycles now) override {
        const bool comes = port_.begin(now) && is_granted_ && came_ == kNever;
        const bool asks = !is_granted_;
        const bool is_granted = asks && port_.grants();
        port_.end(asks, address_);
        is_granted_ = is_granted_ || is_granted;
        if (comes)
            came_ = now;
        constexpr Cycles kSettles = 30;  // a prefetch behind it
        if (came_ == kNever || now < came_ + kSettles)
            timeline_.schedule(*this, now + 1);
    }
    void line_comes(Cycles /*cycle*/) override {}

    Timeline& timeline_;
    FetchPort& port_;
    Address address_ = 0;
    bool is_granted_ = false;
    Cycles came_ = kNever;
};

struct Bench {
    ClockDomain clock;
    InstructionCache cache;
    BusMaster master{"master"};
    unsigned flushes = 0;
    Fetcher first;
    Fetcher second;

    explicit Bench(const InstructionCache::Config& config = {.memory_latency_cycles = 10,
                                                             .is_enabled_at_reset = true})
        : cache("icache", clock, config),
          first(clock.timeline, cache.fetch_port(0)),
          second(clock.timeline, cache.fetch_port(1)) {
        master.out.bind(cache.bus_in);
        cache.flush_out.connect([this] { ++flushes; });
        elaborate();
    }
    Cycles lost(unsigned core, Address line, Cycles now) {
        return (core == 0 ? first : second).lost(line, now);
    }
};

}  // namespace

TEST_CASE("a word comes 7 + m cycles late from memory, 2 from the shared level, at once when held",
          "[icache]") {
    Bench bench;

    CHECK(bench.lost(0, kLine, 100) == 17);
    CHECK(bench.lost(0, kLine, 200) == 0);
    CHECK(bench.lost(1, kLine, 300) == 2);
    CHECK(test::count(bench.cache, "l1_hits") == 1);
    CHECK(test::count(bench.cache, "l1_misses") == 2);
    CHECK(test::count(bench.cache, "l15_hits") == 1);
    CHECK(test::count(bench.cache, "l15_misses") == 1);
    CHECK(test::count(bench.cache, "refills") == 1);
}

TEST_CASE("until it is enabled every line comes from memory, one is held", "[icache]") {
    Bench bench({.memory_latency_cycles = 10});

    CHECK(bench.lost(0, kLine, 100) == 17);
    CHECK(bench.lost(0, kLine + 4, 200) == 0);
    CHECK(bench.lost(0, kLine + 16, 300) == 17);
    CHECK(bench.lost(0, kLine, 400) == 17);
    CHECK(test::count(bench.cache, "bypassed_lines") == 3);

    bench.master.write32(kEnable, 0xffff'ffff);

    CHECK(bench.master.read32(kEnable) == 1);
    CHECK(bench.flushes == 1);
    CHECK(bench.lost(0, kLine, 500) == 17);
    CHECK(bench.lost(0, kLine + 16, 600) == 17);
    CHECK(bench.lost(0, kLine, 700) == 0);
}

TEST_CASE("a flush empties both levels and tells the cores", "[icache]") {
    Bench bench;
    bench.lost(0, kLine, 100);

    bench.master.write32(kFlush, 1);

    CHECK(bench.flushes == 1);
    CHECK(bench.lost(0, kLine, 200) == 17);
    CHECK(test::count(bench.cache, "flushes") == 1);
}

TEST_CASE("a selective flush drops the line that holds the address", "[icache]") {
    Bench bench;
    bench.lost(0, kLine, 100);
    bench.lost(0, kLine + 16, 200);

    bench.master.write32(kSelectiveFlush, kLine + 8);

    CHECK(bench.lost(0, kLine, 300) == 17);
    CHECK(bench.lost(0, kLine + 16, 400) == 0);
}

TEST_CASE("with prefetch on the next line is there when it is asked for later", "[icache]") {
    Bench bench;
    bench.master.write32(kPrefetch, 1);

    CHECK(bench.lost(0, kLine, 100) == 17);
    CHECK(bench.lost(0, kLine + 16, 200) == 0);
    CHECK(bench.lost(1, kLine + 16, 300) == 2);
    CHECK(test::count(bench.cache, "prefetches") == 2);
    CHECK(test::count(bench.cache, "refills") == 3);
}

TEST_CASE("the statistics count while they are enabled", "[icache]") {
    Bench bench;
    bench.lost(1, kLine, 100);
    CHECK(bench.master.read32(kL1Misses) == 0);

    bench.master.write32(kEnableCounters, 1);
    bench.lost(1, kLine + 16, 200);
    bench.lost(1, kLine + 16, 300);
    bench.master.write32(kEnableCounters, 0);
    bench.lost(1, kLine + 32, 400);

    CHECK(bench.master.read32(kL1Misses) == 1);
    CHECK(bench.master.read32(kCore1Misses) == 1);
    CHECK(bench.master.read32(kL1Hits) == 1);
    CHECK(bench.master.read32(kL15Misses) == 1);
    bench.master.write32(kClearCounters, 0);
    CHECK(bench.master.read32(kL1Misses) == 0);
}

TEST_CASE("reset empties the caches and restores the mode of the configuration", "[icache]") {
    Bench bench;
    bench.lost(0, kLine, 100);
    bench.master.write32(kEnable, 0);

    bench.cache.reset();

    CHECK(bench.master.read32(kEnable) == 1);
    CHECK(bench.lost(0, kLine, 300) == 17);
}

TEST_CASE("the control registers keep the bus contract", "[icache]") {
    Bench bench;

    check_bus_contract(bench.master, {.size_bytes = 0x400, .plain_offset = kEnable}, bench.cache);
    CHECK(bench.master.read32(0x20) == 0xf1ca'b01a);
}

TEST_CASE("a size that leaves no set is the user's mistake", "[icache]") {
    ClockDomain clock;

    CHECK_THROWS_AS(InstructionCache("icache", clock, {.l1_bytes = 32}), UserError);
    CHECK_THROWS_AS(InstructionCache("icache", clock, {.l15_banks = 3}), UserError);
}

}  // namespace flexv::test
