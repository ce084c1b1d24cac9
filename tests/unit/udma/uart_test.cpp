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
// 8 bits, both directions, 5 cycles a bit: a frame has 10 bits, so 50 cycles.
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

TEST_CASE("a transmit transfer takes a frame a character and ends with event 1", "[uart]") {
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
