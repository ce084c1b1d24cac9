// SPDX-License-Identifier: Apache-2.0
// Code and data side by side: a write forgets the instructions that it hits and no others, and what
// is in EX already stays what it was.
#include "support/core_bench.hpp"

using namespace flexv;
using test::CodeMemory;
using test::CoreBench;

namespace {

/// A bench whose program lies in the TCDM.
struct TcdmBench : CoreBench {
    static constexpr Address kCode = CodeMemory::kTcdm + 0x800;

    /// One 32-bit instruction a line.
    void put_lines(Address address, const std::vector<std::string>& lines) {
        for (const std::string& line : lines) {
            set_word(address, isa::assemble(line, address));
            address += 4;
        }
    }
    void run_lines(const std::vector<std::string>& lines, Cycles limit = 10'000) {
        put_lines(kCode, lines);
        core.start(kCode, 0);
        clock.timeline.run_until(limit);
    }
    /// As a TLM master writes.
    void write(Address address, u32 word) {
        tlm::tlm_generic_payload trans;
        trans.set_write();
        trans.set_address(address - CodeMemory::kTcdm);
        trans.set_data_ptr(reinterpret_cast<unsigned char*>(&word));
        trans.set_data_length(4);
        trans.set_streaming_width(4);
        REQUIRE(memory.tcdm_out->transport_dbg(trans) == 4);
    }
    [[nodiscard]] const core::Slot& slot(Address pc) { return *code.slot(pc, isa::Mode::legacy); }
    [[nodiscard]] bool is_decoded(Address pc) { return (slot(pc).flags & core::kUndecoded) == 0; }
};

}  // namespace

TEST_CASE("a hardware loop whose stores go beside its code makes all its passes",
          "[code_changes]") {
    TcdmBench bench;

    bench.run_lines({"lui a2, 0x10001", "addi a2, a2, -0x7c0", "lp.setupi 0, 9, 0x10000814",
                     "addi a0, a0, 1", "addi x0, x0, 0", "p.sw a0, 4(a2!)", "jal x0, 0x10000818"});

    CHECK(bench.x(10) == 9);
    CHECK(bench.word(0x1000'0840 + 4 * 8) == 9);
}

TEST_CASE("a write beside decoded code forgets nothing", "[code_changes]") {
    TcdmBench bench;
    bench.run_lines({"addi a0, x0, 1", "addi a1, x0, 2", "jal x0, 0x10000808"});

    bench.write(TcdmBench::kCode + 12, 7);
    bench.write(TcdmBench::kCode - 4, 7);

    for (const Address offset : {0U, 4U, 8U})
        CHECK(bench.is_decoded(TcdmBench::kCode + offset));
}

TEST_CASE("a write forgets the instructions that have a byte in it, and blocks over them",
          "[code_changes]") {
    TcdmBench bench;
    bench.run_lines({"addi a0, x0, 1", "addi a1, x0, 2", "addi a2, x0, 3", "jal x0, 0x10000800"});
    REQUIRE(bench.slot(TcdmBench::kCode).block != nullptr);

    bench.write(TcdmBench::kCode + 4, isa::assemble("addi a1, x0, 9"));

    CHECK(bench.is_decoded(TcdmBench::kCode));
    CHECK_FALSE(bench.is_decoded(TcdmBench::kCode + 4));
    CHECK(bench.is_decoded(TcdmBench::kCode + 8));
    CHECK(bench.slot(TcdmBench::kCode).block == nullptr);
}

TEST_CASE("an instruction across two pages goes with either half", "[code_changes]") {
    constexpr u32 kNop = 1;  // compressed
    constexpr Address kPc = 0x1000'0ffe;
    TcdmBench bench;
    const u32 instruction = isa::assemble("addi a0, x0, 5");
    bench.set_word(0x1000'0ffc, instruction << 16 | kNop);
    bench.set_word(0x1000'1000, kNop << 16 | instruction >> 16);
    core::Slot& slot = *bench.code.slot(kPc, isa::Mode::legacy);
    for (const Address written : {0x1000'0ffcU, 0x1000'1000U}) {
        REQUIRE(bench.code.decode(slot, kPc, isa::Mode::legacy));

        bench.write(written, bench.word(written));

        CHECK_FALSE(bench.is_decoded(kPc));
    }
}

TEST_CASE("an instruction that waits for its grant stays what it was", "[code_changes]") {
    TcdmBench bench;
    bench.peripheral.stops = false;
    bench.peripheral.delay = 50;
    bench.peripheral.data = 0x1234;
    constexpr Address kLoad = TcdmBench::kCode + 8;
    bench.run_lines({"lui a1, 0x1a100", "lp.setupi 0, 3, 0x10000808", "lw t0, 0(a1)",
                     "addi a0, a0, 1", "jal x0, 0x10000810"},
                    40);
    REQUIRE(bench.peripheral.requests.size() == 1);

    bench.write(kLoad, isa::assemble("addi t0, x0, 7"));
    core::Slot& slot = *bench.code.slot(kLoad, isa::Mode::legacy);
    REQUIRE(bench.code.decode(slot, kLoad, isa::Mode::legacy));  // another core comes by
    bench.clock.timeline.run_until(1000);

    CHECK(bench.x(5) == 0x1234);
    CHECK(bench.x(10) == 1);
    CHECK(bench.peripheral.requests.size() == 1);
}

TEST_CASE("the end of a loop ends it after a write from outside, too", "[code_changes]") {
    TcdmBench bench;
    bench.peripheral.stops = false;
    bench.peripheral.delay = 50;
    constexpr Address kEnd = TcdmBench::kCode + 12;
    bench.run_lines({"lui a1, 0x1a100", "lp.setupi 0, 5, 0x1000080c", "addi a0, a0, 1",
                     "sw a0, 0(a1)", "jal x0, 0x10000810"},
                    40);

    bench.write(kEnd, isa::assemble("sw a0, 4(a1)"));
    bench.clock.timeline.run_until(1000);

    CHECK(bench.x(10) == 5);
    REQUIRE(bench.peripheral.requests.size() == 5);
    CHECK(bench.peripheral.requests[0].address == 0x1a10'0000);
    CHECK(bench.peripheral.requests[1].address == 0x1a10'0004);
}

TEST_CASE("a store may write its own successor", "[code_changes]") {
    TcdmBench bench;
    const u32 word = isa::assemble("addi a0, a0, 32");
    bench.set_word(CoreBench::kData, word);

    bench.run_lines({"lui a2, 0x10001", "lui a3, 0x10000", "lw t0, 0x100(a3)",
                     "lp.setupi 0, 3, 0x10000814", "sw t0, -0x7ec(a2)", "addi a0, a0, 1",
                     "jal x0, 0x10000818"});

    CHECK(bench.x(10) == 96);
}

TEST_CASE("a test-and-set load from code changes it", "[code_changes]") {
    TcdmBench bench;

    bench.run_lines({"lui a2, 0x10101", "lui a3, 0x10001", "addi a0, a0, 1",
                     "lw t0, -0x7f8(a2)",  // a word of ones: illegal
                     "jal x0, 0x10000814", "addi t1, t1, 1", "jal x0, 0x10000818"});

    CHECK(bench.x(5) == isa::assemble("addi a0, a0, 1"));
    CHECK_FALSE(bench.is_decoded(TcdmBench::kCode + 8));
    CHECK(bench.x(6) == 1);
}
