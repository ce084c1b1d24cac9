// SPDX-License-Identifier: Apache-2.0
// Reset of a core in mid-operation: of what it was doing nothing is left, wherever that was.
#include "support/core_bench.hpp"

using namespace flexv;
using test::CodeMemory;
using test::CoreBench;

namespace {

constexpr Cycles kLongest = 60;  // cycles of the longest program

/// All that a checkpoint would hold of the core.
std::string state_of(CoreBench& bench) {
    StateArchive archive;
    bench.core.serialize(archive);
    return archive.bytes();
}

/// Lets `lines` run from cycle `start` on, and resets core and memory behind cycle `end`.
void run_and_reset(CoreBench& bench, const std::vector<std::string>& lines, Cycles start,
                   Cycles end) {
    bench.put(CoreBench::kEntry, lines);
    bench.core.start(CoreBench::kEntry, start);
    bench.clock.timeline.run_until(end);
    bench.core.reset();
    bench.tcdm.reset();
    bench.clock.timeline.run_until(start + 2 * kLongest);  // appointments that nobody keeps
}

}  // namespace

TEST_CASE("behind a reset in any cycle nothing is left of what a core did", "[core][reset]") {
    CoreBench bench;
    bench.peripheral.stops = false;
    bench.peripheral.delay = bench.event_unit.delay = kNever;
    bench.put(CodeMemory::kBase, {"jal x0, 0x400"});
    bench.put(CodeMemory::kBase + 0x400, {"csrrs s0, mepc, x0", "addi s0, s0, 4",
                                          "csrrw x0, mepc, s0", "csrrw x0, mscratch, s0", "mret"});
    const std::vector<std::string> what = {
        "ecall",           // a trap
        "wfi",             // asleep
        "div t0, a0, t1",  // in the divider
        "csrrsi x0, mstatus, 8",
        "sw a0, 0(a2)",        // waits for a grant
        "lp.setupi 0, 20, 8",  // in a hardware loop
        "jalr ra, 0(a3)",      // on the way to a target
    };
    const std::string fresh = state_of(bench);
    Cycles start = 1;

    for (const std::string& line : what) {
        for (Cycles ran = 0; ran < kLongest; ++ran) {
            INFO(line << ", reset " << u64(ran) << " cycles behind the start was asked for");
            run_and_reset(bench,
                          {"lui a0, 0x10000", "lui a2, 0x1a100", "lui a3, 0x1c000", line,
                           "lw t0, 0(a0)", "addi t1, t0, 1", "jal x0, 0"},
                          start + 10, start + ran);

            REQUIRE(bench.core.is_off());
            REQUIRE(state_of(bench) == fresh);

            start += 3 * kLongest;
        }
    }
}
