// SPDX-License-Identifier: Apache-2.0
// The programs i_* of reference/timing as fetch streams: cycles with two-level caches in front of a
// memory of latency m, measured on the RTL. Addresses are those of the programs' own ELF files.
#include "fetch_replay.hpp"
#include "icache/instruction_cache.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

namespace flexv::test {

namespace {

using icache::InstructionCache;
using Kind = Step::Kind;

constexpr Address kReset = 0x1c00'0080;
constexpr Address kBody = 0x1c00'0110;  ///< the SYNC load, start marker behind it
constexpr unsigned kHarts = 8;

/// bench.inc up to the first instruction behind mhartid.
Trace start_up() { return Trace(kReset).straight(1).add(Kind::flush).straight_to(kBody - 8); }

/// Harts 1..7 of a program for hart 0: they synchronise at `skip` and exit.
Trace bystander(Address skip) {
    return start_up().straight(1).branch(skip).add(Kind::sync).straight(1);
}

Trace cold64() {
    Trace trace = start_up().straight(2).add(Kind::sync).add(Kind::start);
    return trace.straight(64).add(Kind::stop);
}

Trace loop(Address last, unsigned passes) {
    Trace trace = start_up().straight(2).add(Kind::sync).add(Kind::start).straight(1);
    return trace.loop(kBody + 12, last, passes).add(Kind::stop);
}

Trace loop48() { return loop(0x1c00'01d8, 10); }
Trace loop250() { return loop(0x1c00'0500, 6); }

Trace loop250_warm() {
    constexpr Address kBegin = 0x1c00'0130;
    constexpr Address kEnd = 0x1c00'0514;
    Trace trace = start_up().straight(6).add(Kind::sync).add(Kind::start).straight(2);
    trace.loop(kBegin, kEnd, 6).straight(3).add(Kind::start).straight(1).jump(kBegin);
    return trace.loop(kBegin, kEnd, 6).straight(1).branch(0x1c00'0530).add(Kind::stop);
}

Trace jump16() {
    Trace trace = start_up().straight(2).add(Kind::sync).straight(2);
    for (unsigned pass = 0; pass < 2; ++pass) {
        trace.add(Kind::start);
        for (Address line = 0x1c00'0130; line <= 0x1c00'0220; line += 16)
            trace.jump(line);
        if (pass == 0)
            trace.straight(2).jump(kBody + 12);
    }
    return trace.branch(0x1c00'022c).add(Kind::stop);
}

std::vector<Trace> alone(const Trace& hart0, Address skip) {
    std::vector<Trace> harts(kHarts, bystander(skip));
    harts[0] = hart0;
    return harts;
}

std::vector<Trace> together(const Trace& trace) { return std::vector<Trace>(kHarts, trace); }

struct Reference {
    const char* name = "";
    std::vector<Trace> harts{};
    bool prefetch = false;
    Cycles latency = 10;
    Cycles hart0 = 0;  ///< measured cycles of hart 0
    Cycles total = 0;  ///< first start to last stop
    double limit_percent = 2.0;
};

std::vector<Reference> references() {
    const auto cold = alone(cold64(), 0x1c00'0250);
    const auto small = alone(loop48(), 0x1c00'0210);
    const auto large = alone(loop250(), 0x1c00'0530);
    const auto warm = alone(loop250_warm(), 0x1c00'0560);
    const auto jumps = alone(jump16(), 0x1c00'0260);
    // With prefetch and a fast memory the first lines behind the SYNC come 7 cycles later in the
    // RTL.
    return {
        {"i_cold64", cold, false, 2, 214, 214},
        {"i_cold64", cold, false, 10, 334, 334},
        {"i_cold64", cold, false, 20, 484, 484},
        {"i_cold64", cold, true, 2, 162, 162, 5.0},
        {"i_cold64", cold, true, 10, 279, 279},
        {"i_cold64", cold, true, 20, 429, 429},
        {"i_loop48", small, false, 10, 715, 715},
        {"i_loop48", small, true, 10, 669, 669},
        {"i_loop250", large, false, 10, 3405, 3405},
        {"i_loop250", large, true, 10, 3301, 3301},
        {"i_loop250w", warm, false, 10, 2485, 2485},
        {"i_loop250w", warm, true, 10, 2521, 2521},
        {"i_loop250_8", together(loop250()), false, 10, 3416, 3424},
        {"i_loop250_8", together(loop250()), true, 10, 3362, 3369},
        {"i_loop48_8", together(loop48()), false, 10, 725, 734},
        {"i_loop48_8", together(loop48()), true, 10, 686, 695},
        {"i_jump16", jumps, false, 10, 36, 36},
        {"i_jump16", jumps, true, 10, 36, 36},
    };
}

Span total_of(const std::vector<Span>& spans) {
    Span total{.start = kNever};
    for (const Span& span : spans) {
        if (span.stop == 0)
            continue;
        total.start = std::min(total.start, span.start);
        total.stop = std::max(total.stop, span.stop);
    }
    return total;
}

double error_percent(Cycles ours, Cycles reference) {
    return 100 * std::abs(double(ours) / double(reference) - 1);
}

}  // namespace

TEST_CASE("the fetch streams of the reference programs take the measured cycles", "[icache]") {
    ClockDomain clock;
    for (const Reference& reference : references()) {
        InstructionCache cache(sc_core::sc_gen_unique_name("icache"), clock,
                               {.memory_latency_cycles = reference.latency,
                                .is_enabled_at_reset = true,
                                .prefetches_at_reset = reference.prefetch});

        const std::vector<Span> spans = replay(cache, reference.harts);

        CAPTURE(reference.name, reference.prefetch, reference.latency);
        CAPTURE(spans[0].cycles(), reference.hart0, total_of(spans).cycles(), reference.total);
        CHECK(error_percent(spans[0].cycles(), reference.hart0) <= reference.limit_percent);
        CHECK(error_percent(total_of(spans).cycles(), reference.total) <= reference.limit_percent);
    }
}

}  // namespace flexv::test
