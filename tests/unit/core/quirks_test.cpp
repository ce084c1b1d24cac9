// SPDX-License-Identifier: Apache-2.0
// Where the RTL computes something else than the architecture (docs/spec/isa.md section 15): the
// model does so only when asked to.
#include "support/core_bench.hpp"

#include <vector>

using namespace flexv;
using test::CoreBench;
using Lines = std::vector<std::string>;

namespace {

constexpr unsigned kT0 = 5;
constexpr unsigned kT1 = 6;
constexpr unsigned kT2 = 7;
constexpr unsigned kT3 = 28;
constexpr unsigned kT4 = 29;

Lines operator+(Lines first, const Lines& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

/// W0 and A0 from the first two words at kData; bits 11:7 of the last line are 0, so nothing
/// stalls.
const Lines kPreload{"pv.mlsdotup.b x0, a0, 16", "pv.mlsdotup.b x0, a0, 8", "addi t0, x0, 0",
                     "addi x0, x0, 0"};

/// Status mode in this format; t1 = t2 = 0x11.
Lines in_format(unsigned format) {
    return {"csrrwi x0, simd_legacy, 0", "addi t1, x0, 0x11",
            "csrrwi x0, simd_format, " + std::to_string(format), "addi t2, x0, 0x11",
            "addi t3, x0, 0"};
}

/// A mixed dot product right behind a write to one of its CSRs; t4 is the slice afterwards.
Lines dot_behind(unsigned format, const std::string& write) {
    return in_format(format) +
           Lines{write, "pv.dotup.v t3, t1, t2", "addi x0, x0, 0", "csrrs t4, mixed_slice, x0"};
}

/// Two dot products of a skip count of 3, the first of which waits for its load.
const Lines kWaitingDot =
    in_format(6) + Lines{"csrrwi x0, mixed_skip, 3", "addi x0, x0, 0",        "lw t0, 0(a0)",
                         "pv.dotup.v t3, t0, t2",    "pv.dotup.v t3, t1, t2", "addi x0, x0, 0",
                         "csrrs t4, mixed_slice, x0"};

/// A Mac&Load with a load in the shadow of a taken branch.
const Lines kInShadow{"csrrwi x0, simd_legacy, 0", "csrrwi x0, w_rollback, 4",
                      "csrrw x0, w_address, a0",   "beq x0, x0, 8",
                      "pv.mlsdotup.v x0, x0, 16",  "csrrs t0, w_address, x0"};

u32 value_of(bool has_quirks, const Lines& lines, unsigned index, u32 first = 0x0101'0101,
             u32 second = 0x0101'0101) {
    CoreBench bench("flexv", has_quirks);
    bench.set_word(CoreBench::kData, first);
    bench.set_word(CoreBench::kData + 4, second);
    bench.run(lines);
    return bench.x(index);
}

const Lines kFourMacLoads =
    kPreload + Lines(4, "pv.mlsdotup.b t0, x0, 0") + Lines{"addi x0, x0, 0"};
const Lines kReaders =
    kPreload + Lines{"pv.mlsdotup.b t0, x0, 0", "addi t1, t0, 0", "addi t2, t0, 0"};

}  // namespace

TEST_CASE("four Mac&Loads in a row on one accumulator add up in the architecture", "[quirks]") {
    CHECK(value_of(false, kFourMacLoads, kT0) == 16);
}

TEST_CASE("Q2: in the RTL four Mac&Loads in a row lose every other sum", "[quirks]") {
    CHECK(value_of(true, kFourMacLoads, kT0) == 8);  // measured, docs/spec/timing.md 1.5
}

TEST_CASE("Q2: only the instruction right behind a Mac&Load reads the old accumulator",
          "[quirks]") {
    CoreBench bench("flexv", true);
    bench.set_word(CoreBench::kData, 0x0101'0101);
    bench.set_word(CoreBench::kData + 4, 0x0101'0101);
    bench.run(kReaders);
    CHECK(bench.x(kT1) == 0);
    CHECK(bench.x(kT2) == 4);
    CHECK(bench.x(kT0) == 4);
}

TEST_CASE("Q2: an address right behind a Mac&Load is formed of the new accumulator", "[quirks]") {
    constexpr u32 kFirst = 0x0101'0101;
    constexpr u32 kSecond = 0x0400'0000;  // the dot product of the two is 4
    const Lines lines = kPreload + Lines{"addi t0, a0, -8", "addi x0, x0, 0",
                                         "pv.mlsdotup.b t0, x0, 0", "lw t1, 0(t0)"};

    CHECK(value_of(true, lines, kT1, kFirst, kSecond) == kSecond);
}

TEST_CASE("Q2: a write right behind a Mac&Load wins over its result", "[quirks]") {
    CHECK(value_of(true, kPreload + Lines{"pv.mlsdotup.b t0, x0, 0", "addi t0, x0, 7"}, kT0) == 7);
}

TEST_CASE("Q4: a Mac&Load that waits behind the one that moved the slice uses the old slice",
          "[quirks]") {
    const Lines lines =
        kPreload + in_format(8) +
        Lines{"addi t4, a0, 1",          "csrrw x0, a_address, t4", "addi t0, x0, 0",
              "addi t1, x0, 0",          "addi x0, x0, 0",          "pv.mlsdotup.v t0, x0, 0",
              "pv.mlsdotup.v t1, x0, 8", "addi x0, x0, 0",          "csrrs t4, mixed_slice, x0"};
    CoreBench bench("flexv", true);
    bench.set_word(CoreBench::kData, 0x7654'3210);
    bench.set_word(CoreBench::kData + 4, 0x0101'0101);
    bench.run(lines);
    CHECK(bench.x(kT0) == 0 + 1 + 2 + 3);
    CHECK(bench.x(kT1) == 0 + 1 + 2 + 3);  // 4 + 5 + 6 + 7 in the architecture
    CHECK(bench.x(kT4) == 0);              // moved twice all the same
}

TEST_CASE("the slice moves before a Mac&Load that waits, in the architecture", "[quirks]") {
    const Lines lines =
        kPreload + in_format(8) + Lines{"addi t4, a0, 1",         "csrrw x0, a_address, t4",
                                        "addi t0, x0, 0",         "addi t1, x0, 0",
                                        "addi x0, x0, 0",         "pv.mlsdotup.v t0, x0, 0",
                                        "pv.mlsdotup.v t1, x0, 8"};
    CHECK(value_of(false, lines, kT1, 0x7654'3210) == 4 + 5 + 6 + 7);
}

TEST_CASE("Q6: bits set in the format reach the instruction after the next", "[quirks]") {
    const Lines lines = in_format(2) + Lines{"csrrsi x0, simd_format, 1", "pv.dotup.v t3, t1, t2",
                                             "pv.dotup.v t4, t1, t2"};
    CoreBench bench("flexv", true);
    bench.run(lines);
    CHECK(bench.x(kT3) == 0x11 * 0x11);  // one byte
    CHECK(bench.x(kT4) == 1 + 1);        // two nibbles
}

TEST_CASE("bits set in the format reach the next instruction, in the architecture", "[quirks]") {
    const Lines lines = in_format(2) + Lines{"csrrsi x0, simd_format, 1", "pv.dotup.v t3, t1, t2"};
    CHECK(value_of(false, lines, kT3) == 1 + 1);
}

TEST_CASE("Q5: a dot product that waits in decode counts twice", "[quirks]") {
    CHECK(value_of(true, kWaitingDot, kT4) == 1);
}

TEST_CASE("a dot product counts once however long it waits, in the architecture", "[quirks]") {
    CHECK(value_of(false, kWaitingDot, kT4) == 0);
}

TEST_CASE("Q6: a new format spoils the slice of a dot product right behind", "[quirks]") {
    CHECK(value_of(true, dot_behind(2, "csrrwi x0, simd_format, 6"), kT4) == 0);  // beyond 4 slices
}

TEST_CASE("a new format does not change the slice counter, in the architecture", "[quirks]") {
    CHECK(value_of(false, dot_behind(2, "csrrwi x0, simd_format, 6"), kT4) == 1);
}

TEST_CASE("Q6: a new slice index is used, but not counted on from", "[quirks]") {
    CHECK(value_of(true, dot_behind(6, "csrrwi x0, mixed_slice, 2"), kT4) == 1);  // from the old 0
}

TEST_CASE("a new slice index is counted on from, in the architecture", "[quirks]") {
    CHECK(value_of(false, dot_behind(6, "csrrwi x0, mixed_slice, 2"), kT4) == 3);
}

TEST_CASE("Q6: a new skip count is not seen by the next dot product", "[quirks]") {
    CHECK(value_of(true, dot_behind(6, "csrrwi x0, mixed_skip, 2"), kT4) == 1);
}

TEST_CASE("a new skip count holds for the next dot product, in the architecture", "[quirks]") {
    CHECK(value_of(false, dot_behind(6, "csrrwi x0, mixed_skip, 2"), kT4) == 0);
}

TEST_CASE("Q6: the mode of SIMD words changes behind the next instruction", "[quirks]") {
    CoreBench bench("flexv", true);
    bench.run({"addi t1, x0, 0x11", "addi t2, x0, 0x11", "csrrwi x0, simd_format, 3",
               "addi x0, x0, 0", "csrrwi x0, simd_legacy, 0", "pv.dotup.b t3, t1, t2",
               "pv.dotup.b t4, t1, t2"});
    CHECK(bench.x(kT3) == 0x11 * 0x11);  // still a byte
    CHECK(bench.x(kT4) == 1 + 1);        // two nibbles
}

TEST_CASE("the mode of SIMD words changes at once in the architecture", "[quirks]") {
    CHECK(value_of(false,
                   {"addi t1, x0, 0x11", "addi t2, x0, 0x11", "csrrwi x0, simd_format, 3",
                    "addi x0, x0, 0", "csrrwi x0, simd_legacy, 0", "pv.dotup.b t3, t1, t2"},
                   kT3) == 1 + 1);
}

TEST_CASE("Q6: a branch may be the instruction between the two modes", "[quirks]") {
    CHECK(value_of(true,
                   {"addi t1, x0, 0x11", "addi t2, x0, 0x11", "csrrwi x0, simd_format, 3",
                    "addi x0, x0, 0", "csrrwi x0, simd_legacy, 0", "beq x0, x0, 8",
                    "addi x0, x0, 0", "pv.dotup.b t3, t1, t2"},
                   kT3) == 1 + 1);
}

TEST_CASE("Q12: csrrc on a performance register inverts the old value", "[quirks]") {
    const Lines lines{"csrrwi x0, pcer, 5", "csrrci x0, pcer, 2", "csrrs t0, pcer, x0"};
    CHECK(value_of(true, lines, kT0) == 2);
}

TEST_CASE("csrrc on a performance register clears bits in the architecture", "[quirks]") {
    const Lines lines{"csrrwi x0, pcer, 5", "csrrci x0, pcer, 1", "csrrs t0, pcer, x0"};
    CHECK(value_of(false, lines, kT0) == 4);
}

TEST_CASE("Q25: a Mac&Load in the shadow of a taken branch steps its address", "[quirks]") {
    CHECK(value_of(true, kInShadow, kT0) == CoreBench::kData + 4);
}

TEST_CASE("nothing in the shadow of a taken branch has an effect in the architecture", "[quirks]") {
    CHECK(value_of(false, kInShadow, kT0) == CoreBench::kData);
}

TEST_CASE("a reset forgets what the next instruction was not to see", "[quirks]") {
    CoreBench bench("flexv", true);
    bench.put(CoreBench::kEntry, {"csrrwi x0, simd_legacy, 0", "jal x0, 0"});
    bench.core.start(CoreBench::kEntry, 0);
    bench.clock.timeline.run_until(1);

    bench.core.reset();
    bench.code.reset();
    bench.clock.timeline.reset();
    bench.run({"addi t1, x0, 0x11", "addi t2, x0, 0x11", "pv.dotup.b t3, t1, t2"});

    CHECK(bench.x(kT3) == 0x11 * 0x11);
}
