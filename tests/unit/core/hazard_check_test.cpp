// SPDX-License-Identifier: Apache-2.0
// `--check hazards`: a warning for every sequence that silicon gets wrong (docs/spec/isa.md section
// 15), none for its neighbours that are safe.
#include "core/probe/hazard_check.hpp"
#include "support/core_bench.hpp"

#include <vector>

using namespace flexv;
using test::CoreBench;
using Lines = std::vector<std::string>;

namespace {

/// The names of the rules that the lines break, in the order of the warnings.
class Checked {
public:
    CoreBench bench;
    std::vector<std::string> found;
    std::vector<Address> places;

    Checked() { bench.core.probes.instruction.attach(check_); }

    std::vector<std::string> run(const Lines& lines) {
        bench.run(lines);
        return found;
    }

private:
    core::HazardCheck check_{[this](Address pc, const core::HazardRule& rule) {
        found.emplace_back(rule.name);
        places.push_back(pc);
    }};
};

using Names = std::vector<std::string>;

std::vector<std::string> hazards_of(const Lines& lines) { return Checked().run(lines); }

Lines operator+(Lines first, const Lines& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

const Lines kStatusMode{"csrrwi x0, simd_legacy, 0", "addi x0, x0, 0",
                        "csrrwi x0, simd_format, 8", "addi t1, x0, 0x11",
                        "csrrw x0, a_address, a0",   "csrrw x0, w_address, a0"};

constexpr unsigned kLinesBefore = 4;  // of CoreBench::run

}  // namespace

TEST_CASE("ordinary code breaks no rule", "[hazards]") {
    CHECK(hazards_of({"lw t0, 0(a0)", "addi t0, t0, 1", "mul t1, t0, t0", "sw t1, 4(a0)",
                      "beq x0, x0, 4", "csrrs t0, mhartid, x0"}) == Names{});
}

TEST_CASE("reading the accumulator right behind a Mac&Load is stale-accumulator", "[hazards]") {
    CHECK(hazards_of({"pv.mlsdotup.b t0, x0, 0", "addi t1, t0, 0"}) == Names{"stale-accumulator"});
}

TEST_CASE("reading the accumulator one instruction later is safe", "[hazards]") {
    CHECK(hazards_of({"pv.mlsdotup.b t0, x0, 0", "addi t1, x0, 0", "addi t1, t0, 0"}) == Names{});
}

TEST_CASE("a stall between Mac&Load and reader hides the hazard", "[hazards]") {
    CHECK(hazards_of({"pv.mlsdotup.b t0, a0, 16", "addi t1, t0, 0"}) == Names{});
}

TEST_CASE("a register that a Mac&Load in status mode clobbered is clobbered-pointer", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"pv.mlsdotup.v x0, t2, 16", "addi x0, x0, 0",
                                         "addi t3, t2, 0"}) == Names{"clobbered-pointer"});
}

TEST_CASE("a dead pointer may be named again, and written", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"pv.mlsdotup.v x0, t2, 16", "pv.mlsdotup.v x0, t2, 8",
                                         "addi t2, x0, 1", "addi t3, t2, 0"}) == Names{});
}

TEST_CASE("a Mac&Load from outside the TCDM is slow-mac-load", "[hazards]") {
    Checked checked;
    checked.bench.peripheral.stops = false;
    checked.bench.put(CoreBench::kEntry,
                      {"lui a1, 0x1a100", "pv.mlsdotup.b x0, a1, 16", "jal x0, 0"});
    checked.bench.core.start(CoreBench::kEntry, 0);
    checked.bench.clock.timeline.run_until(100);
    CHECK(checked.found == Names{"slow-mac-load"});
}

TEST_CASE("a Mac&Load that waits behind the one that moved the slice is stalled-slice",
          "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"addi t2, a0, 1", "csrrw x0, a_address, t2",
                                         "addi x0, x0, 0", "pv.mlsdotup.v t0, x0, 0",
                                         "pv.mlsdotup.v t3, x0, 8"}) ==
          Names{"misaligned-mac-load", "stalled-slice"});
}

TEST_CASE("a dot product that waits for a load is skip-over-count", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"csrrwi x0, mixed_skip, 2", "addi x0, x0, 0",
                                         "lw t2, 0(a0)", "pv.dotup.v t3, t1, t2"}) ==
          Names{"skip-over-count"});
}

TEST_CASE("a dot product behind a misaligned access is skip-over-count", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"csrrwi x0, mixed_skip, 2", "addi x0, x0, 0",
                                         "lw t2, 2(a0)", "pv.dotup.v t3, t1, t1"}) ==
          Names{"skip-over-count"});
}

TEST_CASE("a dot product that waits is safe while every one moves the slice", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"lw t2, 0(a0)", "pv.dotup.v t3, t1, t2"}) == Names{});
}

TEST_CASE("a dot product right behind a change of format is late-format", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"csrrwi x0, simd_format, 5", "pv.dotup.v t3, t1, t1"}) ==
          Names{"late-format"});
}

TEST_CASE("an addition right behind bits set in the format is late-format", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"csrrsi x0, simd_format, 1", "pv.add.v t3, t1, t1"}) ==
          Names{"late-format"});
}

TEST_CASE("an addition right behind a plain write of the format is safe", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"csrrwi x0, simd_format, 2", "pv.add.v t3, t1, t1"}) ==
          Names{});
}

TEST_CASE("a dot product right behind a change of slice is late-slice", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"csrrwi x0, mixed_slice, 1", "pv.dotup.v t3, t1, t1"}) ==
          Names{"late-slice"});
}

TEST_CASE("a dot product right behind a change of the skip count is late-skip", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"csrrwi x0, mixed_skip, 4", "pv.dotup.v t3, t1, t1"}) ==
          Names{"late-skip"});
}

TEST_CASE("SIMD right behind a change of the mode is late-mode", "[hazards]") {
    CHECK(hazards_of({"csrrwi x0, simd_legacy, 0", "pv.add.v t3, t1, t1"}) == Names{"late-mode"});
}

TEST_CASE("reading an address register in mid-sequence is address-restart", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"csrrwi x0, w_skip, 3", "csrrwi x0, w_stride, 4",
                                         "pv.mlsdotup.v x0, x0, 16", "csrrs t0, w_address, x0"}) ==
          Names{"address-restart"});
}

TEST_CASE("a new skip count in the middle of the old one is skip-phase", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"csrrwi x0, mixed_skip, 3", "addi x0, x0, 0",
                                         "pv.dotup.v t3, t1, t1", "csrrwi x0, mixed_skip, 2"}) ==
          Names{"skip-phase"});
}

TEST_CASE("an arithmetic shift of nibbles is sub-byte-lanes", "[hazards]") {
    CHECK(hazards_of({"csrrwi x0, simd_legacy, 0", "csrrwi x0, simd_format, 3", "addi x0, x0, 0",
                      "pv.sra.v t3, t1, t1", "pv.add.v t3, t1, t1"}) == Names{"sub-byte-lanes"});
}

TEST_CASE("a clip whose bound overflows is wide-clip", "[hazards]") {
    CHECK(hazards_of({"lui t0, 0x50000", "lui t1, 0x60000", "p.clipr t2, t0, t1"}) ==
          Names{"wide-clip"});
}

TEST_CASE("csrrc on a performance register is inverted-clear", "[hazards]") {
    CHECK(hazards_of({"csrrci x0, pcer, 1"}) == Names{"inverted-clear"});
}

TEST_CASE("mcycle is no-such-csr", "[hazards]") {
    CHECK(hazards_of({"csrrs t0, 0xb00, x0"}) == Names{"no-such-csr"});
}

TEST_CASE("a write to mtvec is fixed-mtvec, a read is not", "[hazards]") {
    CHECK(hazards_of({"csrrs t0, mtvec, x0", "csrrw x0, mtvec, a0"}) == Names{"fixed-mtvec"});
}

TEST_CASE("uret is no-op-return", "[hazards]") {
    CHECK(hazards_of({"uret"}) == Names{"no-op-return"});
}

TEST_CASE("a slice beyond the weight word is slice-range", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"csrrwi x0, mixed_slice, 3", "addi x0, x0, 0",
                                         "pv.dotup.v t3, t1, t1"}) == Names{"slice-range"});
}

TEST_CASE("a Mac&Load in the shadow of a taken branch is mac-load-in-shadow", "[hazards]") {
    CHECK(hazards_of(kStatusMode + Lines{"beq x0, x0, 8", "pv.mlsdotup.v x0, x0, 16",
                                         "addi x0, x0, 0"}) == Names{"mac-load-in-shadow"});
}

TEST_CASE("a Mac&Load from an odd address is misaligned-mac-load", "[hazards]") {
    CHECK(hazards_of({"addi a0, a0, 1", "pv.mlsdotup.b x0, a0, 16"}) ==
          Names{"misaligned-mac-load"});
}

TEST_CASE("a loop of one instruction is single-instruction-loop", "[hazards]") {
    CHECK(hazards_of({"lp.setupi x0, 3, 4", "addi t0, t0, 1"}) == Names{"single-instruction-loop"});
}

TEST_CASE("a loop whose last instruction jumps is loop-ends-in-jump", "[hazards]") {
    CHECK(hazards_of({"lp.setupi x0, 3, 8", "addi t0, t0, 1", "jal x0, 4", "addi x0, x0, 0"}) ==
          Names{"loop-ends-in-jump"});
}

TEST_CASE("loop registers that change at the end of the body are late-loop-write", "[hazards]") {
    CHECK(hazards_of({"lp.setupi x0, 2, 12", "addi t0, t0, 1", "csrrwi x0, lpcount1, 0",
                      "addi t0, t0, 1"}) == Names{"late-loop-write"});
}

TEST_CASE("an event load over its own base is event-load-base", "[hazards]") {
    CHECK(hazards_of({"p.elw a0, 0(a0)"}) == Names{"event-load-base"});
}

TEST_CASE("a rule is reported once a pc, with that pc", "[hazards]") {
    Checked checked;
    checked.run({"addi t2, x0, 3", "pv.mlsdotup.b t0, x0, 0", "addi t1, t0, 0", "addi t2, t2, -1",
                 "bne t2, x0, -12"});
    CHECK(checked.found == Names{"stale-accumulator"});
    CHECK(checked.places == std::vector<Address>{CoreBench::kEntry + 4 * (kLinesBefore + 2)});
}

TEST_CASE("observing a core does not change its cycles", "[hazards]") {
    const Lines lines{"lw t0, 0(a0)",          "addi t0, t0, 1", "mulh t1, a0, a0", "beq x0, x0, 8",
                      "addi t5, x0, 1",        "div t2, a0, t0", "sw t2, 2(a0)",    "jal x1, 4",
                      "csrrs t0, mstatus, x0", "lw t3, 0(a0)",   "addi t4, t3, 1"};
    Checked checked;
    const Cycles cycles = checked.bench.run(lines);
    // Behind the misaligned store a jump costs one cycle less; behind mulh a branch does not.
    CHECK(cycles == 1 + 2 + 5 + 3 + (3 + 31) + 2 + (2 - 1) + 4 + 1 + 2);
}

TEST_CASE("every rule has a name, a source, a text and a remedy", "[hazards]") {
    for (const core::HazardRule& rule : core::hazard_rules()) {
        CAPTURE(rule.name);
        CHECK_FALSE(rule.name.empty());
        CHECK_FALSE(rule.quirk.empty());
        CHECK_FALSE(rule.what.empty());
        CHECK_FALSE(rule.remedy.empty());
    }
}
