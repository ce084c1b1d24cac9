// SPDX-License-Identifier: Apache-2.0
// The lines of the instruction trace, in the columns of the RTL's tracer.
#include "core/probe/instruction_trace.hpp"
#include "support/core_bench.hpp"

#include <string>
#include <vector>

using namespace flexv;
using test::CoreBench;
using Lines = std::vector<std::string>;

namespace {

/// The lines that the program writes, single blanks between the columns; those of the frame around
/// it are left out.
class Traced {
public:
    explicit Traced(core::TraceWindow window = {})
        : trace_(5, bench.clock, window, [this](std::string_view line) { add(line); }) {
        bench.core.probes.instruction.attach(trace_);
    }

    Lines run(const Lines& lines) {
        bench.run(lines);
        const auto frame = std::ptrdiff_t{4};
        return {written.begin() + frame, written.begin() + frame + std::ptrdiff_t(lines.size())};
    }

    CoreBench bench;
    Lines written;

private:
    void add(std::string_view line) {
        std::string compact;
        for (const char letter : line.substr(0, line.size() - 1))
            if (letter != ' ' || (!compact.empty() && compact.back() != ' '))
                compact += letter;
        written.push_back(compact);
    }

    core::InstructionTrace trace_;
};

}  // namespace

TEST_CASE("a line has time, cycle, hart, pc, encoding, instruction and registers", "[trace]") {
    Traced traced;
    CHECK(traced.run({"addi t0, a0, 5"}) ==
          Lines{"4.000 4 5 1c000090 00550293 addi x5, x10, 5 x5=10000105 x10:10000100"});
}

TEST_CASE("a load shows its address and data, and the cycle of its grant", "[trace]") {
    Traced traced;
    traced.bench.set_word(CoreBench::kData, 0xcafe'f00d);
    CHECK(traced.run({"lhu t0, 0(a0)"}) == Lines{"4.000 4 5 1c000090 00055283 lhu x5, 0(x10) "
                                                 "x5=0000f00d x10:10000100 PA:10000100 load:f00d"});
}

TEST_CASE("a store shows what it stores", "[trace]") {
    Traced traced;
    CHECK(traced.run({"sb a0, 3(a0)"}) ==
          Lines{"4.000 4 5 1c000090 00a501a3 sb x10, 3(x10) x10:10000100 PA:10000103 store:00"});
}

TEST_CASE("an access to a device shows the device's answer", "[trace]") {
    Traced traced;
    traced.bench.event_unit.data = 0x77;
    const Lines lines = traced.run({"lui t1, 0x10204", "lw t0, 0(t1)"});
    CHECK(lines[1].find("x5=00000077 x6:10204000 PA:10204000 load:00000077") != std::string::npos);
}

TEST_CASE("a misaligned access is one line", "[trace]") {
    Traced traced;
    traced.bench.set_word(CoreBench::kData, 0x4433'2211);
    traced.bench.set_word(CoreBench::kData + 4, 0x8877'6655);
    const Lines lines = traced.run({"lw t0, 2(a0)", "addi x0, x0, 0"});
    CHECK(lines[0].find("PA:10000102 load:66554433") != std::string::npos);
    CHECK(lines[1].starts_with("6.000 6 "));
}

TEST_CASE("a Mac&Load shows the word that it loads", "[trace]") {
    Traced traced;
    traced.bench.set_word(CoreBench::kData, 0x0102'0304);
    const Lines lines = traced.run({"pv.mlsdotup.b x0, a0, 16"});
    CHECK(lines[0].find("x10=10000104 x10:10000100 PA:10000100 load:01020304") !=
          std::string::npos);
}

TEST_CASE("only the cycles of the window are written", "[trace]") {
    Traced traced({.from = 5, .to = 6});
    traced.bench.run({"addi t0, x0, 1", "addi t0, x0, 2", "addi t0, x0, 3", "addi t0, x0, 4"});
    REQUIRE(traced.written.size() == 2);
    CHECK(traced.written[0].find("addi x5, x0, 2") != std::string::npos);
    CHECK(traced.written[1].find("addi x5, x0, 3") != std::string::npos);
}

TEST_CASE("an instruction that traps is not written", "[trace]") {
    Traced traced;
    traced.bench.memory.words.at(0) = isa::assemble("jal x0, 32");
    traced.bench.memory.words.at(8) = isa::assemble("addi t6, x0, 1");
    traced.bench.memory.words.at(9) = isa::assemble("jal x0, 0");
    traced.bench.memory.words.at(32) = 0xffff'ffff;
    traced.bench.core.start(CoreBench::kEntry, 0);
    traced.bench.clock.timeline.run_until(20);
    REQUIRE(traced.written.size() >= 2);
    CHECK(traced.written[0].find("1c000000") != std::string::npos);
}
