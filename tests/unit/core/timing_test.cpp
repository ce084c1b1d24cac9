// SPDX-License-Identifier: Apache-2.0
// Stall rules of docs/spec/timing.md section 1, one program per rule; expected cycles from its
// tables.
#include "support/core_bench.hpp"

#include <vector>

using namespace flexv;
using test::CoreBench;
using Lines = std::vector<std::string>;

TEST_CASE("independent and dependent ALU instructions take one cycle", "[core][timing]") {
    CoreBench bench;
    CHECK(bench.run({"addi t0, x0, 1", "add t1, t0, t0", "add t2, t1, t1", "mul t3, t2, t2"}) == 4);
    CHECK(bench.x(7) == 4);
    CHECK(bench.x(28) == 16);
}

TEST_CASE("the instruction behind a load waits one cycle for its result", "[core][timing]") {
    CoreBench bench;
    bench.set_word(CoreBench::kData, 41);
    CHECK(bench.run({"lw t0, 0(a0)", "addi t0, t0, 1"}) == 3);
    CHECK(bench.x(5) == 42);
    CHECK(bench.core.stall_cycles(core::Stall::load_use) == 1);
}

TEST_CASE("one instruction in between hides the load", "[core][timing]") {
    CoreBench bench;
    CHECK(bench.run({"lw t0, 0(a0)", "addi t1, x0, 1", "addi t0, t0, 1"}) == 3);
}

TEST_CASE("an ALU write over a pending load result waits, a load does not", "[core][timing]") {
    CoreBench bench;  // ld_waw, ld_mis_h1
    CHECK(bench.run({"lw t0, 0(a0)", "addi t0, x0, 1", "lw t1, 0(a0)", "lw t1, 4(a0)"}) == 5);
}

TEST_CASE("a taken branch costs three cycles, also to the next instruction", "[core][timing]") {
    CoreBench bench;
    CHECK(bench.run({"beq x0, x0, 4", "bne x0, x0, 8", "addi t0, x0, 1"}) == 3 + 1 + 1);
}

TEST_CASE("jal costs two cycles, and ret right behind it no hazard", "[core][timing]") {
    CoreBench bench;  // call_ret_empty
    CHECK(bench.run({"jal x1, 8", "jal x0, 8", "jalr x0, 0(x1)"}) == 2 + 2 + 2);
}

TEST_CASE("jalr waits for the result of the instruction before it", "[core][timing]") {
    CoreBench bench;  // jalr_alu0
    CHECK(bench.run({"auipc t0, 0", "addi t0, t0, 12", "jalr x0, 0(t0)"}) == 1 + 1 + 1 + 2);
}

TEST_CASE("jalr waits twice for a load, once for the load before", "[core][timing]") {
    CoreBench bench;  // jalr_ld0, jalr_ld1
    constexpr u32 kTarget = CoreBench::kEntry + 4 * 6;
    bench.set_word(CoreBench::kData, kTarget);
    CHECK(bench.run({"lw t0, 0(a0)", "jalr x0, 0(t0)"}) == 1 + 2 + 2);
}

TEST_CASE("mulh holds EX for five cycles, divide by the divisor", "[core][timing]") {
    CoreBench bench;
    CHECK(bench.run({"mulh t0, a0, a0", "addi t1, x0, 7", "div t0, a0, t1"}) == 5 + 1 + 32);
}

TEST_CASE("a word at an odd address takes two requests", "[core][timing]") {
    CoreBench bench;  // ld_mis_w_use
    bench.set_word(CoreBench::kData, 0x4433'2211);
    bench.set_word(CoreBench::kData + 4, 0x8877'6655);
    CHECK(bench.run({"lw t0, 2(a0)", "addi t1, t0, 0"}) == 4);
    CHECK(bench.x(6) == 0x6655'4433);
}

TEST_CASE("a hardware loop costs its body and leaves the counter at one", "[core][timing]") {
    CoreBench bench;  // hwl_2x10: lp.setup, then 10 x 2
    CHECK(bench.run({"addi t1, x0, 10", "lp.setup x0, t1, 8", "addi t0, t0, 1",
                     "addi t2, t2, 2"}) == 1 + 1 + 20);
    CHECK(bench.x(5) == 10);
    CHECK(bench.x(7) == 20);
    CHECK(bench.core.hart().loops[0].count == 1);
}

TEST_CASE("a hardware loop of one instruction runs once", "[core][timing]") {
    CoreBench bench;  // hwl_1x10
    CHECK(bench.run({"addi t1, x0, 10", "lp.setup x0, t1, 4", "addi t0, t0, 1"}) == 3);
    CHECK(bench.x(5) == 1);
}

TEST_CASE("hazards reach across the back edge of a hardware loop", "[core][timing]") {
    CoreBench bench;  // hwl_ldlast: 41 cycles for 10 x 3 and set-up
    CHECK(bench.run({"addi t1, x0, 10", "lp.setup x0, t1, 12", "addi t2, t0, 1", "addi t3, x0, 0",
                     "lw t0, 0(a0)"}) == 2 + 30 + 9);
}

TEST_CASE("nested hardware loops multiply", "[core][timing]") {
    CoreBench bench;
    CHECK(bench.run({"addi t1, x0, 3", "addi t2, x0, 4", "lp.setup x1, t1, 20",
                     "lp.setup x0, t2, 12", "addi t0, t0, 1", "addi t3, t3, 1", "addi t4, t4, 1",
                     "addi t5, t5, 1"}) == 3 + 3 * (1 + 12 + 1));
    CHECK(bench.x(5) == 12);
    CHECK(bench.x(30) == 3);
}

TEST_CASE("reading mstatus drains the pipeline, other CSRs do not", "[core][timing]") {
    CoreBench bench;
    CHECK(bench.run({"csrrs t0, mstatus, x0", "csrrs t1, mscratch, x0", "csrrs t2, mhartid, x0"}) ==
          4 + 1 + 1);
    CHECK(bench.x(5) == 0x1800);
    CHECK(bench.x(7) == 5);
}

TEST_CASE("Mac&Load waits one cycle for the register that the one before it loads",
          "[core][timing]") {
    CoreBench bench;  // ml_upd_gap0, ml_upd_gap1: W2 in field 0b10100
    CHECK(bench.run({"pv.mlsdotsp.b t0, a0, 20", "pv.mlsdotsp.b t1, a0, 4"}) == 3);
}

TEST_CASE("behind a load of W0 any instruction with bits in its rd field waits", "[core][timing]") {
    CoreBench bench;  // ml_w0_alu, ml_w0_nop
    CHECK(bench.run({"pv.mlsdotsp.b t0, a0, 16", "addi t1, x0, 1", "pv.mlsdotsp.b t0, a0, 16",
                     "addi x0, x0, 0"}) == 3 + 2);
}

TEST_CASE("p.elw continues four cycles after its grant", "[core][timing]") {
    CoreBench bench;
    bench.event_unit.data = 7;
    CHECK(bench.run({"lui t0, 0x10204", "p.elw t1, 0(t0)", "addi t2, t1, 1"}) == 1 + 4 + 1);
    CHECK(bench.x(7) == 8);
}

TEST_CASE("a core asleep on p.elw counts sleep from the fourth cycle on", "[core][timing]") {
    CoreBench bench;
    bench.event_unit.delay = 100;
    CHECK(bench.run({"lui t0, 0x10204", "p.elw t1, 0(t0)"}) == 1 + 100 + 4);
    CHECK(bench.core.sleep_cycles() == 96);
}

TEST_CASE("active cycles are instructions and stalls, and fill the time", "[core][timing]") {
    CoreBench bench;
    bench.event_unit.delay = 50;
    bench.run({"lw t0, 0(a0)", "addi t0, t0, 1", "lui t1, 0x10204", "p.elw t2, 0(t1)",
               "mulh t3, t0, t0", "beq x0, x0, 8", "addi x0, x0, 0", "fence", "sh t0, 3(a0)",
               "csrrs t0, mstatus, x0"});

    const Cycles counted = bench.core.active_cycles() + bench.core.sleep_cycles();
    // Behind the last store only the endless jump of two cycles runs, up to the end of the quantum.
    const Cycles after_stop = counted - (bench.peripheral.cycles[1] + 1);
    CHECK(after_stop % 2 == 0);
    CHECK(bench.core.sleep_cycles() == 46);
}

TEST_CASE("how far a core may run ahead changes nothing", "[core][timing]") {
    CoreBench bench;
    const Cycles cycles = bench.run({"addi t1, x0, 20", "lp.setup x0, t1, 16", "lw t0, 0(a0)",
                                     "addi t0, t0, 3", "sw t0, 0(a0)", "addi t2, t2, 1"});
    CHECK(cycles == 2 + 20 * 5);
    CHECK(bench.word(CoreBench::kData) == 60);
}

namespace {

/// Ten times the body at address mod 4 = 2, entered and left by a jump.
Cycles cycles_of_unaligned_loop(CoreBench& bench, Lines body) {
    constexpr Address kBlock = CoreBench::kEntry + 0x102;
    constexpr Address kCaller = CoreBench::kEntry + 4 * 4;  // behind the lines of CoreBench::run
    const std::string end = std::to_string(4 * body.size());
    Lines lines{"lp.setupi x0, 10, " + end};
    lines.insert(lines.end(), body.begin(), body.end());
    const Address last = kBlock + 4 * Address(lines.size());
    lines.push_back("jal x0, " + std::to_string(i64{kCaller} + 4 - i64{last}));
    for (std::size_t index = 0; index < lines.size(); ++index) {
        const u64 word = isa::assemble(lines[index]);
        const Address offset = kBlock - 2 + 4 * Address(index) - test::CodeMemory::kBase;
        u32& first = bench.memory.words.at(offset / 4);
        first = (first & 0xffff) | u32(word << 16);
        bench.memory.words.at(offset / 4 + 1) = u32(word >> 16);
    }
    return bench.run({"jal x0, " + std::to_string(kBlock - kCaller)});
}

constexpr Cycles kIntoBlock = 3;  // jal to a 32-bit instruction at address mod 4 = 2
constexpr Cycles kSetup = 1;
constexpr Cycles kBack = 2;

}  // namespace

TEST_CASE("jumping back to an unaligned 32-bit instruction costs a cycle", "[core][timing]") {
    CoreBench bench;  // hwl_odd32
    CHECK(cycles_of_unaligned_loop(
              bench, {"addi t1, t1, 1", "addi t1, t1, 1", "addi t1, t1, 1", "addi t1, t1, 1"}) ==
          kIntoBlock + kSetup + 10 * 4 + 9 + kBack);
    CHECK(bench.x(6) == 40);
}

TEST_CASE("a stall before the last instruction of a loop hides that cycle", "[core][timing]") {
    CoreBench bench;
    CHECK(cycles_of_unaligned_loop(
              bench, {"addi t1, t1, 1", "addi t1, t1, 1", "lw t0, 0(a0)", "addi t2, t0, 1"}) ==
          kIntoBlock + kSetup + 10 * 5 + kBack);
}

TEST_CASE("a stall early in the body of a loop does not", "[core][timing]") {
    CoreBench bench;
    CHECK(cycles_of_unaligned_loop(
              bench, {"lw t0, 0(a0)", "addi t2, t0, 1", "addi t1, t1, 1", "addi t1, t1, 1"}) ==
          kIntoBlock + kSetup + 10 * 5 + 9 + kBack);
}
