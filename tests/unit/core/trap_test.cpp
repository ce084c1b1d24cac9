// SPDX-License-Identifier: Apache-2.0
// Exceptions, interrupts and sleep (docs/spec/isa.md section 5), and what ends a run.
#include "support/core_bench.hpp"

using namespace flexv;
using Catch::Matchers::Contains;
using test::CodeMemory;
using test::CoreBench;

namespace {

constexpr Address kHandler = CodeMemory::kBase + 0x400;

/// An exception vector that jumps to a handler which skips the trapping instruction.
void put_handler(CoreBench& bench) {
    bench.put(CodeMemory::kBase, {"jal x0, 0x400"});
    bench.put(kHandler, {"csrrs s0, mcause, x0", "csrrs s1, mepc, x0", "addi s2, s1, 4",
                         "csrrw x0, mepc, s2", "mret"});
}

}  // namespace

TEST_CASE("ecall and ebreak enter the vector with their own address in mepc", "[core][trap]") {
    CoreBench bench;
    put_handler(bench);
    // ecall 4, jal 2, four CSR and ALU instructions, mret 5 (rows `ecall` and `mret`)
    CHECK(bench.run({"ecall"}) == 4 + 2 + 4 + 5);
    CHECK(bench.x(8) == 11);
    CHECK(bench.x(9) == CoreBench::kEntry + 16);
}

TEST_CASE("an illegal instruction is a trap when the vector holds a handler", "[core][trap]") {
    CoreBench bench;
    put_handler(bench);
    std::string reported;
    bench.core.probes.trap.attach(
        [&](const std::string& what, Address /*pc*/) { reported = what; });
    bench.put(CoreBench::kEntry + 4, {"lui a1, 0x1a100", "sw x0, 0(a1)", "jal x0, 0"});
    bench.memory.words[0x80 / 4] = 0xffff'ffff;
    bench.core.start(CoreBench::kEntry, 0);

    bench.clock.timeline.run_until(100);

    CHECK(bench.x(8) == 2);
    CHECK(bench.x(9) == CoreBench::kEntry);
    CHECK(reported == "illegal instruction 0xffffffff");
    // illegal 4, jal 2, four instructions, mret 5, lui 1; the illegal one is not retired
    REQUIRE(bench.peripheral.cycles.size() == 1);
    CHECK(bench.peripheral.cycles[0] == 4 + 2 + 4 + 5 + 1);
}

TEST_CASE("a handler that only jumps to itself does not count", "[core][trap]") {
    CoreBench bench;
    bench.put(CodeMemory::kBase, {"jal x0, 0x400"});
    bench.put(kHandler, {"jal x0, 0"});
    bench.memory.words[0x80 / 4] = 0xffff'ffff;
    bench.core.start(CoreBench::kEntry, 0);

    CHECK_THROWS_WITH(bench.clock.timeline.run_until(100),
                      Contains("illegal instruction 0xffffffff") && Contains("no handler"));
}

TEST_CASE("without a vector table an illegal instruction is a fault with its place",
          "[core][trap]") {
    CoreBench bench;
    const Address entry = CodeMemory::kBase + 0x100;  // mtvec = entry: no table
    bench.put(entry, {"addi t0, x0, 1"});
    bench.memory.words[0x104 / 4] = 0xffff'ffff;
    bench.core.start(entry, 0);

    try {
        bench.clock.timeline.run_until(100);
        FAIL("no fault");
    } catch (const core::Fault& fault) {
        CHECK(fault.core() == "core");
        CHECK(fault.pc() == entry + 4);
    }
}

TEST_CASE("a jump into nothing tells where it came from", "[core][trap]") {
    CoreBench bench;
    bench.put(CoreBench::kEntry, {"lui t0, 0x50000", "jalr x0, 0(t0)"});
    bench.core.start(CoreBench::kEntry, 0);

    CHECK_THROWS_WITH(bench.clock.timeline.run_until(100),
                      Contains("0x50000000") && Contains("0x1c000084"));
}

TEST_CASE("an instruction outside the ISA subset is illegal", "[core][trap]") {
    CoreBench bench("rv32imc");
    bench.put(CoreBench::kEntry, {"p.lw t0, 4(a0!)"});
    bench.core.start(CoreBench::kEntry, 0);

    CHECK_THROWS_WITH(bench.clock.timeline.run_until(100), Contains("illegal instruction"));
}

TEST_CASE("an interrupt enters its slot six cycles after the line rises", "[core][trap]") {
    CoreBench bench;  // irq_20
    bench.put(CodeMemory::kBase + 4 * 3, {"lui a1, 0x1a100", "sw x0, 4(a1)", "jal x0, 0"});
    bench.put(CoreBench::kEntry, {"lui a1, 0x1a100", "csrrsi x0, mstatus, 8", "sw x0, 0(a1)",
                                  "addi t0, t0, 1", "jal x0, -4"});
    bench.core.interrupt(40, true, 3);
    bench.core.start(CoreBench::kEntry, 0);

    bench.clock.timeline.run_until(200);
    bench.clock.timeline.run_until(200);

    REQUIRE(bench.peripheral.cycles.size() >= 2);
    const Cycles first_in_slot = bench.peripheral.cycles[1] - 1;
    CHECK(first_in_slot >= 46);      // not before the pipeline can
    CHECK(first_in_slot <= 46 + 2);  // a jump may be in EX when the line rises
    CHECK(bench.core.hart().mcause == 0x8000'0003);
    CHECK_FALSE(bench.core.hart().mie);
}

TEST_CASE("wfi sleeps until the line rises, whatever mstatus says", "[core][trap]") {
    CoreBench bench;
    bench.put(CoreBench::kEntry, {"lui a1, 0x1a100", "wfi", "sw x0, 0(a1)", "jal x0, 0"});
    bench.core.start(CoreBench::kEntry, 0);
    bench.clock.timeline.run_until(50);
    CHECK(bench.core.describe_wait() == "wfi, waiting for an interrupt");

    bench.core.interrupt(100, true, 3);
    bench.clock.timeline.run_until(200);

    REQUIRE(bench.peripheral.cycles.size() == 1);
    CHECK(bench.peripheral.cycles[0] == 103);  // wfi_20: in EX 3 cycles after the line is high
}
