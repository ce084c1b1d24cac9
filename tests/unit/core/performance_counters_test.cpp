// SPDX-License-Identifier: Apache-2.0
// What the performance counters count in a running core (docs/spec/isa.md 3.4, docs/spec/cluster.md
// 9).
#include "support/core_bench.hpp"

#include <vector>

using namespace flexv;
using test::CoreBench;
using Lines = std::vector<std::string>;

namespace {

constexpr unsigned kT6 = 31;

/// The counter of `event` after `lines`, all counters on.
u32 counted(CoreBench& bench, unsigned event, const Lines& lines) {
    Lines program{"addi t6, x0, -1", "csrrw x0, pcer, t6", "csrrwi x0, pccr_all, 0"};
    program.insert(program.end(), lines.begin(), lines.end());
    program.push_back("csrrs t6, pccr" + std::to_string(event) + ", x0");
    bench.run(program);
    return bench.x(kT6);
}

}  // namespace

TEST_CASE("counter 2 counts stalls for loads", "[core][counters]") {
    CoreBench bench;
    CHECK(counted(bench, 2, {"lw t0, 0(a0)", "addi t0, t0, 1", "addi t1, t0, 1"}) == 1);
}

TEST_CASE("counter 3 counts the stalls of jalr, which are not those of counter 2",
          "[core][counters]") {
    CoreBench bench;  // jalr_alu0
    CHECK(counted(bench, 3, {"auipc t0, 0", "addi t0, t0, 12", "jalr x0, 0(t0)"}) == 1);
    CHECK(bench.core.stall_cycles(core::Stall::load_use) == 1);
}

TEST_CASE("counter 5 counts both requests of a misaligned load", "[core][counters]") {
    CoreBench bench;
    CHECK(counted(bench, 5, {"lw t0, 0(a0)", "lw t0, 2(a0)"}) == 3);
}

TEST_CASE("counter 6 counts both requests of a misaligned store", "[core][counters]") {
    CoreBench bench;
    CHECK(counted(bench, 6, {"sw t0, 0(a0)", "sw t0, 2(a0)"}) == 3);
}

TEST_CASE("counter 12 counts loads behind the interconnect, not those of the TCDM",
          "[core][counters]") {
    CoreBench bench;
    bench.peripheral.stops = false;
    bench.put(CoreBench::kEntry,
              {"lui a0, 0x10000", "lui a1, 0x1a100", "addi t6, x0, -1", "csrrw x0, pcer, t6",
               "csrrwi x0, pccr_all, 0", "lw t0, 0(a0)", "lw t0, 8(a1)", "csrrs t5, pccr12, x0",
               "csrrs t6, pccr14, x0", "jal x0, 0"});
    bench.peripheral.delay = 3;
    bench.core.start(CoreBench::kEntry, 0);
    bench.clock.timeline.run_until(100);
    CHECK(bench.x(30) == 1);
    CHECK(bench.x(kT6) == 4);  // three cycles of waiting, and that of the grant
}

TEST_CASE("counter 13 counts stores behind the interconnect", "[core][counters]") {
    CoreBench bench;
    bench.peripheral.stops = false;
    bench.put(CoreBench::kEntry,
              {"lui a1, 0x1a100", "addi t6, x0, -1", "csrrw x0, pcer, t6", "csrrwi x0, pccr_all, 0",
               "sw t0, 8(a1)", "sw t0, 12(a1)", "csrrs t6, pccr13, x0", "jal x0, 0"});
    bench.core.start(CoreBench::kEntry, 0);
    bench.clock.timeline.run_until(100);
    CHECK(bench.x(kT6) == 2);
}

TEST_CASE("counter 16, contention, is tied to 0", "[core][counters]") {
    CoreBench bench;
    CHECK(counted(bench, 16, {"lw t0, 0(a0)"}) == 0);
}
