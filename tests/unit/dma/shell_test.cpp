// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "dma_bench.hpp"
#include "support/bus_contract.hpp"

#include <catch2/catch.hpp>

#include <numeric>

namespace flexv::dma {
namespace {

std::vector<u8> counting(std::size_t bytes, u8 first = 1) {
    std::vector<u8> data(bytes);
    std::iota(data.begin(), data.end(), first);
    return data;
}

Command receive(u32 bytes, Address external = 0x100, Address tcdm = 0x1000'0200) {
    return {.length_bytes = bytes,
            .is_receive = true,
            .raises_event = true,
            .tcdm = tcdm,
            .external = external};
}

void set_memory(Bench& bench, Address address, const std::vector<u8>& data) {
    std::ranges::copy(data, bench.memory.bytes.begin() + address);
}

TEST_CASE("the DMA keeps the promises of every bus target", "[dma]") {
    Bench bench;

    test::check_bus_contract(bench.host, {.size_bytes = 0x400, .plain_offset = 4}, bench.dma);
}

TEST_CASE("data of any alignment arrive on both sides", "[dma]") {
    Bench bench;
    const auto data = counting(77);

    for (u32 skew = 0; skew < 64; ++skew) {
        CAPTURE(skew);
        const u32 inside = 0x200 + skew % 8;
        const u32 outside = 0x300 + skew / 8;
        bench.reset();
        set_memory(bench, outside, data);
        bench.program(0, 1, {receive(77, outside, inside)});
        bench.program(1, 200, {{.length_bytes = 77, .tcdm = inside, .external = 0x1000 + outside}});
        REQUIRE(bench.run());
        CHECK(bench.get_tcdm(inside, 77) == data);
        CHECK(std::equal(data.begin(), data.end(), bench.memory.bytes.begin() + 0x1000 + outside));
    }
}

TEST_CASE("the event goes to the port that issued the command", "[dma]") {
    Bench bench;
    Command command = receive(8);
    command.raises_interrupt = true;

    bench.program(3, 1, {command});
    bench.run();

    REQUIRE(bench.pulses.size() == 2);
    CHECK(bench.pulses[0] == Pulse{.port = 3, .line = 8, .cycle = bench.pulses[0].cycle});
    CHECK(bench.pulses[1] == Pulse{.port = 3, .line = 9, .cycle = bench.pulses[0].cycle});
}

TEST_CASE("a broadcast event goes to all ports", "[dma]") {
    Bench bench;
    Command command = receive(8);
    command.is_broadcast = true;
    std::vector<Step> steps = {{.offset = kCmd}};
    std::ranges::copy(steps_for(command), std::back_inserter(steps));

    bench.harts[5]->start(bench.dma.cluster_in, steps, 1);
    bench.run();

    REQUIRE(bench.pulses.size() == 10);
    for (unsigned port = 0; port < 10; ++port)
        CHECK(bench.pulses[port].port == port);
}

TEST_CASE("the cluster's and the fabric's port have events of their own", "[dma]") {
    Bench bench;
    std::vector<Step> steps = {{.offset = kCmd}};
    std::ranges::copy(steps_for(receive(8)), std::back_inserter(steps));

    bench.harts[0]->start(bench.dma.cluster_in, steps, 1);
    bench.harts[1]->start(bench.dma.fabric_in, steps, 100);
    bench.run();

    REQUIRE(bench.pulses.size() == 2);
    CHECK(bench.pulses[0].port == bench.dma.cluster_port());
    CHECK(bench.pulses[1].port == bench.dma.fabric_port());
}

TEST_CASE("a command without event or interrupt ends silently", "[dma]") {
    Bench bench;
    Command command = receive(8);
    command.raises_event = false;

    bench.program(0, 1, {command});
    REQUIRE(bench.run());

    CHECK(bench.pulses.empty());
    CHECK(bench.dma.is_idle());
}

TEST_CASE("several commands under one identifier end together", "[dma]") {
    Bench bench;

    bench.program(0, 1, {receive(512, 0x100, 0x200), receive(512, 0x400, 0x600)});
    bench.run();

    CHECK(bench.pulses.size() == 1);
    CHECK(test::count(bench.dma, "commands") == 2);
}

TEST_CASE("an allocation waits for a free identifier and says so", "[dma]") {
    Bench bench;
    bench.harts[0]->start(bench.dma.core_in, std::vector<Step>(16, {.offset = kCmd}), 1);
    bench.harts[1]->start(bench.dma.core_in, {{.offset = kCmd}}, 60);
    bench.run();

    CHECK(bench.harts[1]->grants.empty());
    CHECK_THAT(bench.dma.core_in->waits_for(*bench.harts[1]),
               Catch::Contains("a free transfer identifier: all are allocated"));

    bench.harts[0]->start(bench.dma.core_in,
                          {{.offset = kStatus, .data = 1U << 7, .is_write = true}}, 100'000);
    while (bench.clock.timeline.now() < 100'010)
        bench.clock.timeline.run_until(100'010);
    REQUIRE(bench.harts[1]->grants.size() == 1);
    // Hart 0's port expects a command in 100'000, frees in 100'001, and 7 is free in 100'002.
    CHECK(bench.harts[1]->grants[0] == std::pair{Cycles{100'002}, 7U});
}

TEST_CASE("a cancelled allocation takes no identifier", "[dma]") {
    Bench bench;
    bench.harts[0]->start(bench.dma.core_in, std::vector<Step>(16, {.offset = kCmd}), 1);
    bench.harts[1]->start(bench.dma.core_in, {{.offset = kCmd}}, 60);
    bench.run();

    bench.dma.core_in->cancel(*bench.harts[1], bench.clock.timeline.now());
    bench.host.write32(kStatus, 1);
    bench.run();

    CHECK(bench.harts[1]->grants.empty());
    CHECK(bench.host.debug_read32(kStatus) >> 16 == 0xfffe);
}

TEST_CASE("commands are held back while the queues are full, and none is lost", "[dma]") {
    Bench bench;
    bench.memory.latency_cycles = 200;
    const std::vector<Command> commands(40, receive(1024, 0x100, 0x200));

    bench.program(0, 1, commands);
    bench.run();

    // 40 transfers of 4 bursts, each 34 cycles: programming alone would take 40 x 8.
    CHECK(bench.harts[0]->grants.back().first > 20 * 4 * 34);
    CHECK(test::count(bench.dma, "commands") == 40);
    CHECK(test::count(bench.dma, "bytes_in") == 40 * 1024);
    CHECK(test::count(bench.dma, "bursts") == 160);
    CHECK(bench.pulses.size() == 1);
}

TEST_CASE("at most 4 commands with lines wait in the engines", "[dma]") {
    Bench bench;
    Command command = receive(512, 0x100, 0x200);
    command.external_lines = {.count_bytes = 8, .stride_bytes = 16};

    bench.program(0, 1, std::vector<Command>(12, command));
    bench.run();

    CHECK(test::count(bench.dma, "commands") == 12);
    CHECK(test::count(bench.dma, "bytes_in") == 12 * 512);
}

TEST_CASE("a status read after a push never shows the transfer as done", "[dma]") {
    Bench bench;
    std::vector<Step> steps = {{.offset = kCmd}};
    std::ranges::copy(steps_for(receive(8)), std::back_inserter(steps));
    steps.push_back({.offset = kStatus});

    bench.harts[0]->start(bench.dma.core_in, steps, 1);
    bench.run();

    CHECK(bench.harts[0]->grants.back().second == 0x1'0001);
}

TEST_CASE("a fixed external address is read word by word", "[dma]") {
    Bench bench;
    set_memory(bench, 0x100, counting(8));
    Command command = receive(14, 0x104);
    command.increments = false;

    bench.program(0, 1, {command});
    bench.run();

    CHECK(bench.get_tcdm(0x200, 14) == std::vector<u8>{5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2});
    CHECK(bench.memory.transactions == 3);
}

TEST_CASE("the TCDM address wraps", "[dma]") {
    Bench bench;
    set_memory(bench, 0x100, counting(16));

    bench.program(0, 1, {receive(16, 0x100, 0x1fff8)});
    bench.run();

    CHECK(bench.get_tcdm(0x1fff8, 8) == counting(8));
    CHECK(bench.get_tcdm(0, 8) == counting(8, 9));
}

TEST_CASE("an external error is reported and the transfer ends", "[dma]") {
    Bench bench;
    set_memory(bench, u32(Bench::kMemoryBytes) - 8, counting(8));

    bench.program(0, 1, {receive(512, u32(Bench::kMemoryBytes))});
    bench.run();

    REQUIRE(bench.faults.size() == 2);
    CHECK(bench.faults[0] ==
          "transfer 0: read of 256 bytes at external 0x00040000 (to TCDM 0x10000200) failed: "
          "TLM_ADDRESS_ERROR_RESPONSE");
    CHECK(bench.pulses.size() == 1);
}

TEST_CASE("a reset in the middle of transfers leaves nothing behind", "[dma]") {
    Bench bench;
    bench.program(0, 1, {receive(4096)});
    bench.program(1, 1, {{.length_bytes = 4096, .tcdm = 0x4000, .external = 0x8000}});
    bench.clock.timeline.run_until(200);
    CHECK_FALSE(bench.dma.is_idle());

    bench.reset();
    CHECK(bench.dma.is_idle());
    CHECK(bench.host.debug_read32(kStatus) == 0);
    bench.program(0, 1, {receive(64)});
    bench.run();

    CHECK(bench.pulses == std::vector<Pulse>{{.port = 0, .line = 8, .cycle = 43 - 6}});
}

void check_transfer_from_outside(Bench& bench, test::BusMaster& host, unsigned port) {
    set_memory(bench, 0x100, counting(32));

    const u32 id = host.read32(kCmd);
    for (const Step& step : steps_for(receive(32)))
        host.write32(kCmd, step.data);
    CHECK(host.read32(kStatus) == 0x1'0001);
    bench.run();
    host.write32(kStatus, 1U << id);

    CHECK(bench.get_tcdm(0x200, 32) == counting(32));
    CHECK(bench.pulses.at(0).port == port);
    CHECK(host.debug_read32(kStatus) == 0);
}

TEST_CASE("a master on the bus programs a transfer through the fabric's port", "[dma]") {
    Bench bench;

    check_transfer_from_outside(bench, bench.fabric_host, bench.dma.fabric_port());
}

TEST_CASE("a master on the bus programs a transfer through the cluster's port", "[dma]") {
    Bench bench;

    check_transfer_from_outside(bench, bench.host, bench.dma.cluster_port());
}

TEST_CASE("accesses that hang the hardware are refused with a reason", "[dma]") {
    Bench bench;

    bench.harts[0]->start(bench.dma.core_in, {{.offset = 0x8}}, 1);
    bench.run();

    CHECK_THAT(bench.harts[0]->refusal, Catch::Contains("hangs the hardware"));
}

TEST_CASE("the DMA counts the cycles in which it has something to do", "[dma]") {
    Bench bench;

    bench.program(0, 1, {receive(64)});
    bench.run();

    CHECK(test::count(bench.dma, "active_cycles") ==
          43 - 6 - 4);  // third store in cycle 4, event in 37
    CHECK(test::count(bench.dma, "tcdm_stall") == 0);
}

TEST_CASE("an impossible configuration is the user's mistake", "[dma]") {
    ClockDomain clock;

    CHECK_THROWS_AS(Mchan("none", clock, {.id_count = 0}), UserError);
    CHECK_THROWS_AS(Mchan("many", clock, {.id_count = 17}), UserError);
    CHECK_THROWS_AS(Mchan("short", clock, {.queue_depth = 0}), UserError);
}

}  // namespace
}  // namespace flexv::dma
