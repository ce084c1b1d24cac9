// SPDX-License-Identifier: Apache-2.0
// When the core takes an interrupt: what the decoder sees of the line, what holds EX meanwhile, and
// the sleeping reads that are replayed (docs/spec/isa.md section 5,
// docs/spec/state_machines.md 1.2).
#include "core/pipeline/interrupt_input.hpp"
#include "support/core_bench.hpp"

using namespace flexv;
using core::InterruptInput;
using test::CodeMemory;
using test::CoreBench;

namespace {

constexpr unsigned kId = 3;
constexpr Address kSlot = CodeMemory::kBase + 4 * kId;
constexpr Address kHandler = CodeMemory::kBase + 0x400;
constexpr Cycles kVectorToStore = 1 + 1;  // jal to the store that tells when it ran

/// Whoever drives the line: tells of each edge `lead` cycles before it.
class LineDriver final : public Agent {
public:
    explicit LineDriver(CoreBench& bench) : bench_(bench) { bench.clock.timeline.add(*this); }
    void pulse(Cycles rise, Cycles fall, Cycles lead = 1) {
        rise_ = rise;
        fall_ = fall;
        lead_ = lead;
        bench_.clock.timeline.schedule(*this, rise - lead);
        bench_.clock.timeline.schedule(*this, fall - lead);
    }

private:
    void act(Cycles now) override {
        const bool is_high = now + lead_ == rise_;
        bench_.core.interrupt(is_high ? rise_ : fall_, is_high, is_high ? kId : 0);
    }

    CoreBench& bench_;
    Cycles rise_ = 0;
    Cycles fall_ = 0;
    Cycles lead_ = 1;
};

/// A bench whose handler stores to the peripheral and returns; a1 is the peripheral.
struct Bench : CoreBench {
    LineDriver line{*this};
    Cycles lead = 1;

    Bench() {
        peripheral.stops = false;
        put(kSlot, {"jal x0, " + std::to_string(kHandler - kSlot)});
        put(kHandler, {"sw s1, 0(a1)", "csrrs s1, mepc, x0", "addi s2, s2, 1", "mret"});
    }
    /// Runs the lines with MIE set. The line is high from `rise` on, until the acknowledge unless
    /// `fall` says otherwise.
    /// Another run of a bench has the same lines: they are decoded already.
    void run_interrupted(std::vector<std::string> lines, Cycles rise, Cycles fall = 0) {
        core.reset();
        clock.timeline.reset();
        peripheral.cycles.clear();
        std::vector<std::string> program = {"lui a1, 0x1a100", "csrrsi x0, mstatus, 8"};
        program.insert(program.end(), lines.begin(), lines.end());
        program.emplace_back("beq x0, x0, 0");
        put(kEntry, program);
        line.pulse(rise, fall != 0 ? fall : rise + 4, lead);
        core.start(kEntry, 0);
        clock.timeline.run_until(rise + 300);
    }
    /// The cycle in which the first instruction of the vector was in EX.
    [[nodiscard]] Cycles vector_entered() const {
        REQUIRE(!peripheral.cycles.empty());
        return peripheral.cycles.front() - kVectorToStore;
    }
    [[nodiscard]] u32 mepc() const { return x(9); }
    [[nodiscard]] u32 interrupts() const { return x(18); }
};

/// One whose event unit grants in cycle 40, behind the edges of the line.
struct EventLoadBench : Bench {
    static constexpr Cycles kGrant = 40;
    EventLoadBench();
    void run_event_load(Cycles rise, Cycles fall = 0) {
        run_interrupted({"lui t1, 0x10204", "p.elw t2, 0x3c(t1)", "addi t0, t0, 1", "sw t0, 4(a1)"},
                        rise, fall);
    }
};

/// lui 0, csrrsi 1..4: the first line of run_interrupted() is in EX in this cycle.
constexpr Cycles kFirst = 5;
constexpr Address kFirstPc = CoreBench::kEntry + 8;

EventLoadBench::EventLoadBench() {
    lead = 2;
    event_unit.delay = kGrant - (kFirst + 1);
    event_unit.data = 0x55;
}

std::vector<std::string> additions(unsigned count) {
    return std::vector<std::string>(count, "addi t0, t0, 1");
}

}  // namespace

TEST_CASE("a request is latched when it is high and enabled", "[core][interrupt]") {
    InterruptInput input;
    input.drive(10, true, 4);
    CHECK_FALSE(input.is_latched());

    input.arm(20);

    CHECK(input.is_latched());
    CHECK(input.latched_at() == 20);
    CHECK(input.id() == 4);
}

TEST_CASE("the id is that of the cycle in which the request is seen", "[core][interrupt]") {
    InterruptInput input;
    input.arm(0);
    input.drive(10, true, 4);
    input.drive(11, true, 7);  // selected in cycle 10
    input.drive(12, true, 9);

    CHECK(input.latched_at() == 10);
    CHECK(input.id() == 7);
}

TEST_CASE("a line that falls before it is enabled is not latched", "[core][interrupt]") {
    InterruptInput input;
    input.drive(10, true, 4);
    input.drive(15, false, 0);
    input.arm(15);

    CHECK_FALSE(input.is_latched());
    CHECK(input.is_high(14));
    CHECK_FALSE(input.is_high(15));
}

TEST_CASE("a line that stays high interrupts again once it is enabled again", "[core][interrupt]") {
    InterruptInput input;
    input.arm(0);
    input.drive(10, true, 4);
    input.disarm();
    input.drive(14, true, 2);
    input.arm(30);

    CHECK(input.is_latched());
    CHECK(input.latched_at() == 30);
    CHECK(input.id() == 2);
}

TEST_CASE("a line that rises earlier than was told is latched earlier", "[core][interrupt]") {
    InterruptInput input;
    input.arm(0);
    input.drive(20, true, 4);  // a store is on its way
    input.drive(12, true, 7);  // another one overtakes it

    CHECK(input.rose() == 12);
    CHECK(input.latched_at() == 12);
    CHECK(input.id() == 7);
    CHECK(input.is_high(12));
    CHECK_FALSE(input.is_high(11));
}

TEST_CASE("in straight code the vector is in EX six cycles behind the rise", "[core][interrupt]") {
    Bench bench;  // irq_20
    for (Cycles rise = 8; rise < 30; ++rise) {
        bench.run_interrupted(additions(60), rise);

        CHECK(bench.vector_entered() == rise + 6);
        CHECK(bench.mepc() == kFirstPc + 4 * Address(rise + 2 - kFirst));
        CHECK(bench.interrupts() == 1);
        CHECK(bench.x(5) == 60);
    }
}

TEST_CASE("a divide in EX does not delay the interrupt but its end", "[core][interrupt]") {
    Bench bench;  // div by 0 takes 35 cycles, from kFirst on
    std::vector<std::string> lines = {"div t1, a1, x0"};
    for (const std::string& line : additions(60))
        lines.push_back(line);

    const auto entered = [&](Cycles rise) {
        bench.run_interrupted(lines, kFirst + rise);
        CHECK(bench.mepc() == kFirstPc + 4);
        return bench.vector_entered() - kFirst;
    };

    // While the divide still holds EX when the jump of the vector is in decode, its fetch overlaps.
    constexpr Cycles kHidden = 1;
    CHECK(entered(5) == 35 - kHidden);
    CHECK(entered(28) == 35 - kHidden);
    CHECK(entered(29) == 35);
    CHECK(entered(30) == 36);
}

TEST_CASE("a load that waits for its grant does not delay the interrupt but its end",
          "[core][interrupt]") {
    Bench bench;
    bench.dma.delay = 40;
    std::vector<std::string> lines = {"lui t1, 0x10204", "lw t2, 0x400(t1)"};
    for (const std::string& line : additions(60))
        lines.push_back(line);

    bench.run_interrupted(lines, kFirst + 10);

    constexpr Cycles kHidden = 1;  // of the vector's jump, as behind a divide
    CHECK(bench.vector_entered() == kFirst + 1 + 41 - kHidden);
    CHECK(bench.mepc() == kFirstPc + 8);
}

TEST_CASE("an instruction that waits in decode for a load is replaced", "[core][interrupt]") {
    Bench bench;
    std::vector<std::string> lines = {"lui t1, 0x10000", "lw t2, 0(t1)", "addi t2, t2, 1"};
    for (const std::string& line : additions(60))
        lines.push_back(line);
    // lw in kFirst + 1, addi in decode in kFirst + 1 and + 2, in EX in + 3
    for (const Cycles rise : {kFirst, kFirst + 1, kFirst + 2}) {
        bench.run_interrupted(lines, rise);

        CHECK(bench.mepc() == kFirstPc + (rise <= kFirst + 1 ? 8 : 12));
        CHECK(bench.vector_entered() == rise + 6);
    }
}

TEST_CASE("a line that falls before the decoder looks again costs two cycles and no interrupt",
          "[core][interrupt]") {
    Bench bench;
    std::vector<std::string> lines = additions(40);
    lines.emplace_back("sw x0, 4(a1)");

    for (const Cycles length : std::vector<Cycles>{1, 2}) {
        bench.run_interrupted(lines, 20, 20 + length);
        CHECK(bench.interrupts() == 0);
        REQUIRE(bench.peripheral.cycles.size() == 1);
        CHECK(bench.peripheral.cycles[0] == kFirst + 40 + 2);
    }
    bench.run_interrupted(lines, 20, 23);
    CHECK(bench.interrupts() == 1);
}

TEST_CASE("an interrupt ends wfi two cycles behind where the next instruction would be",
          "[core][interrupt]") {
    Bench bench;
    std::vector<std::string> lines = {"wfi"};
    for (const std::string& line : additions(10))
        lines.push_back(line);

    bench.run_interrupted(lines, 50);

    CHECK(bench.vector_entered() == 50 + 5);  // the instruction behind wfi: 50 + 3 (wfi_20)
    CHECK(bench.mepc() == kFirstPc + 4);
    CHECK(bench.x(5) == 10);
}

TEST_CASE("wfi stays asleep when the line has fallen before the clock stops", "[core][interrupt]") {
    Bench bench;
    bench.put(CoreBench::kEntry, {"wfi", "beq x0, x0, 0"});
    bench.line.pulse(1, 3);  // the clock may stop from cycle 3 on
    bench.core.start(CoreBench::kEntry, 0);

    bench.clock.timeline.run_until(100);

    CHECK(bench.core.describe_wait() == "wfi, waiting for an interrupt");
}

TEST_CASE("a p.elw that is granted for an interrupt is executed again", "[core][interrupt]") {
    EventLoadBench bench;

    bench.run_event_load(bench.kGrant + 1);

    CHECK(bench.vector_entered() == bench.kGrant + 5);
    CHECK(bench.mepc() == kFirstPc + 4);
    CHECK(bench.event_unit.requests.size() == 2);
    CHECK(bench.interrupts() == 1);
    CHECK(bench.x(5) == 1);
    CHECK(bench.x(7) == 0x55);
}

TEST_CASE("an interrupt in the cycle behind the grant of an event replays nothing",
          "[core][interrupt]") {
    EventLoadBench bench;

    bench.run_event_load(bench.kGrant + 2);

    CHECK(bench.vector_entered() == bench.kGrant + 2 + 6);
    CHECK(bench.mepc() == kFirstPc + 8);
    CHECK(bench.event_unit.requests.size() == 1);
}

TEST_CASE("a p.elw whose line falls in the cycle behind its grant goes on without loss",
          "[core][interrupt]") {
    EventLoadBench bench;

    bench.run_event_load(bench.kGrant - 5, bench.kGrant + 1);

    CHECK(bench.interrupts() == 0);
    REQUIRE(bench.peripheral.cycles.size() == 1);
    CHECK(bench.peripheral.cycles[0] == bench.kGrant + 4 + 1);
}

TEST_CASE("with interrupts off a p.elw falls through", "[core][interrupt]") {
    EventLoadBench bench;
    bench.put(CoreBench::kEntry,
              {"lui t1, 0x10204", "p.elw t2, 0x3c(t1)", "addi t0, t0, 1", "beq x0, x0, 0"});
    bench.line.pulse(20, 90);
    bench.core.start(CoreBench::kEntry, 0);

    bench.clock.timeline.run_until(100);

    CHECK(bench.x(5) == 1);
    CHECK(bench.event_unit.requests.size() == 1);
}

TEST_CASE("the interrupted attempt counts as an instruction", "[core][interrupt]") {
    EventLoadBench bench;
    bench.run_interrupted({"lui t1, 0x10204", "p.elw t2, 0x3c(t1)", "wfi"}, bench.kGrant + 1);

    // lui, csrrsi, lui, p.elw twice, wfi; jal and four lines of the handler
    CHECK(bench.core.instructions() == 6 + 5);
}

TEST_CASE("an interrupted p.elw over its own base asks at the same address again",
          "[core][interrupt]") {
    EventLoadBench bench;

    bench.run_interrupted({"lui t1, 0x10204", "p.elw t1, 0x3c(t1)"}, bench.kGrant + 1);

    REQUIRE(bench.event_unit.requests.size() == 2);
    CHECK(bench.event_unit.requests[1].address == 0x1020'403c);
    CHECK(bench.x(6) == 0x55);
}

TEST_CASE("a fault takes its place in the order of cycles", "[core][interrupt]") {
    CoreBench bench;
    bench.put(CoreBench::kEntry, {"addi t0, t0, 1", "addi t0, t0, 1", "addi t0, t0, 1", "ebreak"});
    bench.core.start(CoreBench::kEntry, 0);

    bench.clock.timeline.run_until(3);

    CHECK_THROWS_AS(bench.clock.timeline.run_until(4), core::Fault);
}
