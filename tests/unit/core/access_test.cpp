// SPDX-License-Identifier: Apache-2.0
// Loads and stores of a core through its ports: what travels, what faults, what decoded code does.
#include "support/core_bench.hpp"

#include <optional>
#include <string_view>

using namespace flexv;
using Catch::Matchers::Contains;
using test::CoreBench;

TEST_CASE("a store to a device carries its bytes in the low lanes", "[core][access]") {
    CoreBench bench;
    bench.run({"addi t0, x0, -2", "lui t1, 0x10204", "sb t0, 0x405(t1)", "sh t0, 0x402(t1)"});

    REQUIRE(bench.dma.requests.size() == 2);
    CHECK(bench.dma.requests[0].address == 0x1020'4405);
    CHECK(bench.dma.requests[0].bytes == 1);
    CHECK((bench.dma.requests[0].data & 0xff) == 0xfe);
    CHECK(bench.dma.requests[1].bytes == 2);
    CHECK((bench.dma.requests[1].data & 0xffff) == 0xfffe);
}

TEST_CASE("a misaligned load from a device is two requests and one value", "[core][access]") {
    CoreBench bench;
    bench.dma.data = 0x0000'2211;

    bench.run({"lui t1, 0x10204", "lw t0, 0x402(t1)"});

    REQUIRE(bench.dma.requests.size() == 2);
    CHECK(bench.dma.requests[0].address == 0x1020'4402);
    CHECK(bench.dma.requests[0].bytes == 2);
    CHECK(bench.dma.requests[1].address == 0x1020'4404);
    CHECK(bench.dma.requests[1].bytes == 2);
    CHECK(bench.x(5) == 0x2211'2211);
}

TEST_CASE("a load from the test-and-set view takes the lock", "[core][access]") {
    CoreBench bench;
    bench.set_word(CoreBench::kData, 3);

    bench.run({"lui t1, 0x10100", "lw t0, 0x100(t1)", "lw t2, 0x100(t1)", "sw x0, 0x100(t1)"});

    CHECK(bench.x(5) == 3);
    CHECK(bench.x(7) == 0xffff'ffff);
    CHECK(bench.word(CoreBench::kData) == 0);
}

TEST_CASE("the TCDM wraps inside its window, also in the alias at address 0", "[core][access]") {
    CoreBench bench;
    bench.run(
        {"addi t0, x0, 77", "lui t1, 0x10040", "sw t0, -16(t1)", "lui t2, 0x20", "lw t3, -16(t2)"});
    CHECK(bench.x(28) == 77);
    CHECK(bench.word(0x1'fff0) == 77);
}

TEST_CASE("an access that a target refuses is a fault with address and reason", "[core][access]") {
    CoreBench bench;
    bench.dma.refuses = true;
    bench.put(CoreBench::kEntry, {"lui t1, 0x10204", "lw t0, 0x408(t1)"});
    bench.core.start(CoreBench::kEntry, 0);

    CHECK_THROWS_WITH(bench.clock.timeline.run_until(100),
                      Contains("load") && Contains("0x10204408") && Contains("nothing is here"));
}

TEST_CASE("a demux slot without a device is a fault, not a hang", "[core][access]") {
    CoreBench bench;
    bench.put(CoreBench::kEntry, {"lui t1, 0x10205", "lw t0, 0(t1)"});
    bench.core.start(CoreBench::kEntry, 0);

    CHECK_THROWS_WITH(bench.clock.timeline.run_until(100), Contains("0x10205000"));
}

TEST_CASE("code that a core writes into the TCDM is decoded anew", "[core][access]") {
    CoreBench bench;
    const u32 first = isa::assemble("addi t0, t0, 1");
    const u32 second = isa::assemble("addi t0, t0, 16");
    const u32 back = isa::assemble("jalr x0, 0(x1)");
    bench.set_word(0x200, first);
    bench.set_word(0x204, back);
    bench.set_word(0x100, second);

    bench.run({"lui t1, 0x10000", "jalr x1, 0x200(t1)", "lw t2, 0(a0)", "sw t2, 0x200(t1)",
               "jalr x1, 0x200(t1)"});

    CHECK(bench.x(5) == 17);
}

TEST_CASE("an instruction across two pages is decoded anew when its second half is written",
          "[core][access]") {
    CoreBench bench;
    // At the end of a page: c.nop, the lower half of addi t0, x0, 5; then its upper half, c.jr ra.
    bench.set_word(0x1000'0ffc, 0x0293'0001);
    bench.set_word(0x1000'1000, 0x8082'0050);

    bench.run({"lui a2, 0x10001", "addi a3, a2, -4", "jalr x1, 0(a3)", "addi t1, t0, 0",
               "addi a4, x0, 0x60", "sh a4, 0(a2)",  // now it is addi t0, x0, 6
               "jalr x1, 0(a3)"});

    CHECK(bench.x(6) == 5);
    CHECK(bench.x(5) == 6);
}

namespace {

/// Acts in each cycle, so that nobody else is ever alone.
class Clock final : public Agent {
public:
    explicit Clock(ClockDomain& clock) : clock_(clock) {
        clock.timeline.add(*this);
        clock.timeline.schedule(*this, 0);
    }
    void act(Cycles now) override { clock_.timeline.schedule(*this, now + 1); }

private:
    ClockDomain& clock_;
};

u64 count_of(const Module& module, std::string_view name) {
    for (const CounterInfo& counter : module.counters())
        if (counter.name == name)
            return counter.value();
    FAIL("there is no counter " << name);
    return 0;
}

/// A loop of loads and stores behind each other and between others: each asks its bank, and takes
/// what it takes, wherever the core has to come back to the timeline.
void check_accesses(bool is_alone, unsigned run_ahead) {
    CoreBench bench;
    std::optional<Clock> others;
    if (!is_alone)
        others.emplace(bench.clock);
    bench.clock.timeline.bound_run_ahead(Cycles{run_ahead});

    const Cycles cycles =
        bench.run({"addi t0, x0, 10", "addi t1, x0, 0", "lw t2, 0(a0)", "add t1, t1, t2",
                   "addi t1, t1, 3", "sw t1, 0(a0)", "lh t3, 0(a0)", "sw t3, 4(a0)",
                   "addi t0, t0, -1", "xori t4, t0, 5", "bne t0, x0, -32", "lw t5, 2(a0)"});

    u32 word = 0;
    for (u32 sum = 0, turn = 0; turn < 10; ++turn)
        word = sum = sum + word + 3;
    CHECK(count_of(bench.tcdm, "reads") == 10 * 2 + 2);
    CHECK(count_of(bench.tcdm, "writes") == 10 * 2);
    CHECK(cycles == 2 + 10 * (9 + 2) + 9 * 2 + 2);  // two that wait for a load, a jump, two words
    CHECK(bench.word(CoreBench::kData) == word);
}

}  // namespace

TEST_CASE("a core that is alone asks the bank for each load and store", "[core][access]") {
    check_accesses(true, 32);
}

TEST_CASE("a core among others asks the bank for each load and store", "[core][access]") {
    check_accesses(false, 32);
}

TEST_CASE("a core that comes back in each cycle asks the bank for each load and store",
          "[core][access]") {
    check_accesses(false, 1);
}

TEST_CASE("a core that comes back in front of a load asks its bank", "[core][access]") {
    check_accesses(false, 5);
}

TEST_CASE("reset in the middle of a wait leaves a core that can start again", "[core][access]") {
    CoreBench bench;
    bench.event_unit.delay = kNever;
    bench.put(CoreBench::kEntry, {"lui t0, 0x10204", "p.elw t1, 0(t0)"});
    bench.core.start(CoreBench::kEntry, 0);
    bench.clock.timeline.run_until(50);
    CHECK(bench.core.describe_wait() == "0x10204000: a device");

    bench.core.reset();
    bench.code.reset();
    bench.clock.timeline.reset();
    CHECK(bench.core.is_off());
    CHECK(bench.core.instructions() == 0);

    CHECK(bench.run({"addi t0, x0, 5"}) == 1);
    CHECK(bench.x(5) == 5);
}
