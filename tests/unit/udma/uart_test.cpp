// SPDX-License-Identifier: Apache-2.0
// Registers, frames and events: docs/spec/firmware_abi.md, sections 7.4 and 7.6.
#include "udma/uart.hpp"

#include "support/bus_contract.hpp"
#include "support/word_memory.hpp"
#include "udma/control.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using flexv::test::BusMaster;
using flexv::test::WordMemory;
using flexv::udma::Uart;

namespace {

constexpr u32 kL2 = 0x1c00'0000;
constexpr Address kRxAddress = 0x00, kRxSize = 0x04, kRxConfig = 0x08, kTxAddress = 0x10;
constexpr Address kTxSize = 0x14, kTxConfig = 0x18, kStatus = 0x20, kSetup = 0x24;
constexpr u32 kEnable = 1 << 4, kClear = 1 << 5;
// 8 bits, both directions, 5 cycles per bit: a frame has 10 bits, so 50 cycles.
constexpr u32 kEightBits = 3 << 1 | 1 << 8 | 1 << 9 | 4 << 16;
constexpr Cycles kFrame = 50;

struct Bench {
    explicit Bench(const std::string& input = {})
        : uart("uart", clock,
               {.sink = [this](std::string_view text) { sent += text; }, .input = input}) {
        master.out.bind(uart.bus_in);
        uart.memory_out.bind(memory.bus_in);
        uart.event_out.connect([this](u8 id, Cycles now) { events.emplace_back(id, now); });
        test::elaborate();
    }
    void transmit(u32 offset, u32 bytes) {
        master.write32(kTxAddress, kL2 + offset);
        master.write32(kTxSize, bytes);
        master.write32(kTxConfig, kEnable);
    }
    void receive(u32 offset, u32 bytes) {
        master.write32(kRxAddress, kL2 + offset);
        master.write32(kRxSize, bytes);
        master.write32(kRxConfig, kEnable);
    }

    ClockDomain clock;
    std::string sent;
    std::vector<std::pair<unsigned, Cycles>> events;
    Uart uart;
    WordMemory memory{"memory", kL2, 256};
    BusMaster master{"master"};
};

}  // namespace

TEST_CASE("a transmit transfer takes a frame per character and ends with event 1", "[uart]") {
    Bench bench;
    bench.memory.set_text(16, "hello");
    bench.master.write32(kSetup, kEightBits);

    bench.transmit(16, 5);
    CHECK(bench.master.read32(kTxConfig) == kEnable);
    CHECK(bench.master.read32(kStatus) == 1);
    bench.clock.timeline.run_until(5 * kFrame + 1);

    CHECK(bench.sent == "hello");
    CHECK(bench.master.read32(kTxConfig) == 0);
    CHECK(bench.master.read32(kStatus) == 0);
    CHECK(bench.events == std::vector<std::pair<unsigned, Cycles>>{{1, 5 * kFrame}});
}

TEST_CASE("a second transfer follows the first", "[uart]") {
    Bench bench;
    bench.memory.set_text(0, "abcd");
    bench.master.write32(kSetup, kEightBits);

    bench.transmit(0, 2);
    bench.transmit(2, 2);
    CHECK(bench.master.read32(kTxConfig) == (kEnable | kClear));
    bench.clock.timeline.run_until(1000);

    CHECK(bench.sent == "abcd");
    CHECK(bench.events.size() == 2);
    CHECK(bench.events.back().second == 4 * kFrame);
}

TEST_CASE("a transfer waits until its side is enabled", "[uart]") {
    Bench bench;
    bench.memory.set_text(0, "x");
    bench.transmit(0, 1);
    bench.clock.timeline.run_until(1000);
    CHECK(bench.sent.empty());
    CHECK(bench.master.read32(kTxConfig) == kEnable);

    bench.master.write32(kSetup, kEightBits);
    bench.clock.timeline.run_until(2000);

    CHECK(bench.sent == "x");
}

TEST_CASE("received characters come from the input and end with event 0", "[uart]") {
    Bench bench("typed in");
    bench.master.write32(kSetup, kEightBits);

    bench.receive(32, 5);
    bench.clock.timeline.run_until(5 * kFrame);
    CHECK(bench.memory.bytes[32] == 0);
    bench.clock.timeline.run_until(5 * kFrame + 1);
    CHECK(bench.memory.text(32, 5) == "typed");
    CHECK(bench.events == std::vector<std::pair<unsigned, Cycles>>{{0, 5 * kFrame}});

    bench.receive(0, 3);
    bench.clock.timeline.run_until(1000);
    CHECK(bench.memory.text(0, 3) == " in");
}

TEST_CASE("a receive transfer waits for ever when the input is too short", "[uart]") {
    Bench bench("ab");
    bench.master.write32(kSetup, kEightBits);

    bench.receive(0, 3);
    bench.clock.timeline.run_until(10'000);

    CHECK(bench.events.empty());
    CHECK(bench.master.read32(kRxConfig) == kEnable);
    bench.master.write32(kRxConfig, kClear);
    CHECK(bench.master.read32(kRxConfig) == 0);
}

namespace {

struct Typist final : Uart::Line {
    void send(std::string_view text) override { read += text; }
    std::string receive(std::size_t most) override {
        std::string taken = typed.substr(0, most);
        typed.erase(0, most);
        return taken;
    }

    std::string typed;
    std::string read;
};

}  // namespace

TEST_CASE("what is sent goes to the line and not to the sink", "[uart]") {
    Bench bench;
    Typist typist;
    bench.uart.connect(typist);
    bench.memory.set_text(0, "hello");
    bench.master.write32(kSetup, kEightBits);

    bench.transmit(0, 5);
    bench.clock.timeline.run_until(5 * kFrame + 1);

    CHECK(typist.read == "hello");
    CHECK(bench.sent.empty());
    CHECK(bench.events == std::vector<std::pair<unsigned, Cycles>>{{1, 5 * kFrame}});
}

TEST_CASE("characters of a line are received as they come", "[uart]") {
    Bench bench;
    Typist typist;
    bench.uart.connect(typist);
    bench.master.write32(kSetup, kEightBits);

    bench.receive(16, 5);
    bench.clock.timeline.run_until(1000);
    CHECK(bench.uart.waits_for_line());
    CHECK(bench.clock.timeline.is_idle());

    typist.typed = "ty";
    bench.uart.look_at_line(1000);
    CHECK_FALSE(bench.uart.waits_for_line());
    typist.typed = "ped too much";
    bench.clock.timeline.run_until(1000 + 2 * kFrame + 1);
    CHECK(bench.memory.text(16, 2) == "ty");
    CHECK(bench.events.empty());
    CHECK(bench.master.read32(kRxConfig) == kEnable);

    bench.clock.timeline.run_until(2000);
    CHECK(bench.memory.text(16, 5) == "typed");
    CHECK(bench.events == std::vector<std::pair<unsigned, Cycles>>{{0, 1000 + 5 * kFrame}});
    CHECK(bench.master.read32(kRxConfig) == 0);
    CHECK(typist.typed == " too much");
}

TEST_CASE("a line with nothing to receive into keeps its characters", "[uart]") {
    Bench bench;
    Typist typist;
    bench.uart.connect(typist);
    bench.master.write32(kSetup, kEightBits);
    typist.typed = "abc";

    bench.uart.look_at_line(0);
    CHECK(typist.typed == "abc");
    CHECK_FALSE(bench.uart.waits_for_line());

    bench.receive(0, 1);
    bench.receive(1, 2);
    bench.clock.timeline.run_until(1000);
    CHECK(bench.memory.text(0, 3) == "abc");
    CHECK(bench.events.size() == 2);
}

TEST_CASE("a transfer that was cleared while it waited leaves characters to the next", "[uart]") {
    Bench bench;
    Typist typist;
    bench.uart.connect(typist);
    bench.master.write32(kSetup, kEightBits);
    bench.receive(0, 4);
    typist.typed = "ab";
    bench.uart.look_at_line(0);
    bench.master.write32(kRxConfig, kClear);
    bench.clock.timeline.run_until(1000);
    CHECK_FALSE(bench.uart.waits_for_line());
    CHECK(bench.events.empty());

    bench.receive(8, 2);
    bench.clock.timeline.run_until(2000);

    CHECK(bench.memory.text(8, 2) == "ab");
}

TEST_CASE("a side that is not enabled does not wait for its line", "[uart]") {
    Bench bench;
    Typist typist;
    typist.typed = "a";
    bench.uart.connect(typist);

    bench.receive(0, 1);
    CHECK_FALSE(bench.uart.waits_for_line());

    bench.master.write32(kSetup, kEightBits);
    bench.clock.timeline.run_until(1000);
    CHECK(bench.memory.text(0, 1) == "a");
}

TEST_CASE("a transfer beyond the memory is a fault of the firmware", "[uart]") {
    Bench bench;
    bench.master.write32(kSetup, kEightBits);

    CHECK_THROWS_AS(bench.transmit(250, 20), FirmwareFault);
}

TEST_CASE("reset in mid-operation stops the serial line", "[uart]") {
    Bench bench;
    bench.master.write32(kSetup, kEightBits);
    bench.transmit(0, 5);

    bench.uart.reset();
    bench.clock.timeline.run_until(1000);

    CHECK(bench.events.empty());
    CHECK(bench.master.read32(kStatus) == 0);
}

TEST_CASE("the UART keeps the contract of every bus target", "[uart]") {
    Bench bench;

    test::check_bus_contract(bench.master, {.size_bytes = 0x80, .plain_offset = kTxAddress},
                             bench.uart);
}

TEST_CASE("the common registers of the uDMA keep the contract of every bus target", "[uart]") {
    ClockDomain clock;
    udma::Control control("control", clock);
    BusMaster master("master");
    master.out.bind(control.bus_in);
    test::elaborate();

    master.write32(0, 1);
    CHECK(master.read32(0) == 1);
    test::check_bus_contract(master, {.size_bytes = 0x80, .plain_offset = 4}, control);
}
