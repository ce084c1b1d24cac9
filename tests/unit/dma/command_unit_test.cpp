// SPDX-License-Identifier: Apache-2.0
// The state machines of the ports, cycle by cycle. Source of the cycles:
// docs/spec/state_machines.md 4.1 and ctrl_fsm.sv of the RTL.
#include "dma/command_unit.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <vector>

namespace flexv::dma {
namespace {

constexpr Access kAllocate{.address = 0};
constexpr Access kPoll{.address = 4};
constexpr Access release(u32 mask) { return {.address = 4, .data = mask, .is_write = true}; }
constexpr Access word(u32 data) { return {.address = 0, .data = data, .is_write = true}; }

/// The command unit, and the little of the engine that it needs: commands leave the global queue
/// two cycles after they have come, and have then started.
struct Ports {
    TransferIds ids;
    CommandUnit unit{{}, ids};
    Cycles now = 0;
    bool engine_runs = true;

    u32 step() {
        ids.begin();
        for (const bool is_receive : {false, true})
            if (engine_runs && unit.has_command(is_receive))
                starting.push_back({now + 2, unit.take_command(is_receive).id});
        for (const auto& [cycle, id] : starting)
            if (cycle == now)
                ids.add_bursts(id, 1);
        unit.step(now);
        ids.tick();
        unit.tick();
        ++now;
        return unit.granted();
    }
    void step_to(Cycles cycle) {
        while (now < cycle)
            step();
    }
    /// Cycle of the grant of an access that is there from now on.
    Cycles grant_of(unsigned port, const Access& access) {
        unit.present(port, access);
        for (unsigned step_count = 0; step_count < 100; ++step_count)
            if ((step() >> port & 1) != 0)
                return now - 1;
        FAIL("not granted");
        return kNever;
    }
    /// Cycle of the last word of a command whose words follow each other.
    Cycles push(unsigned port, const std::vector<u32>& words) {
        Cycles last = 0;
        for (const u32 data : words)
            last = grant_of(port, word(data));
        return last;
    }

    std::vector<std::pair<Cycles, unsigned>> starting;
};

const std::vector<u32> kReceive8{8 | 1U << 17, 0, 0};

TEST_CASE("a read of CMD allocates the lowest free identifier", "[dma]") {
    Ports ports;

    CHECK(ports.grant_of(0, kAllocate) == 0);
    CHECK(ports.unit.answer(0) == 0);
    CHECK(ports.grant_of(3, kAllocate) == 1);
    CHECK(ports.unit.answer(3) == 1);
    ports.grant_of(5, release(1));
    ports.grant_of(4, kAllocate);
    CHECK(ports.unit.answer(4) == 0);
}

TEST_CASE("an allocation waits while all 16 identifiers are in use", "[dma]") {
    Ports ports;
    for (unsigned i = 0; i < 16; ++i)
        ports.grant_of(i % 10, kAllocate);
    ports.step_to(60);

    ports.unit.present(1, kAllocate);
    CHECK(ports.step() == 0);
    ports.unit.present(2, release(1U << 9));
    CHECK(ports.step() == 0);  // port 2 has allocated and expects a command
    CHECK(ports.step() == 1U << 2);
    CHECK(ports.step() == 1U << 1);  // free in the cycle after the store
    CHECK(ports.unit.answer(1) == 9);
    CHECK_THAT(ports.unit.waits_for(1), Catch::Contains("a free transfer identifier"));
}

TEST_CASE("ports that allocate in one cycle get one identifier per cycle", "[dma]") {
    Ports ports;
    for (const unsigned port : {1U, 2U, 3U})
        ports.unit.present(port, kAllocate);

    CHECK(ports.step() == 1U << 1);  // the counter of grants is 0: the lower one at each node
    CHECK(ports.step() == 1U << 3);  // 1: of 2 and 3 the odd one
    CHECK(ports.step() == 1U << 2);
}

TEST_CASE("accesses to STATUS cost a port two cycles each", "[dma]") {
    Ports ports;

    CHECK(ports.grant_of(0, kPoll) == 0);
    CHECK(ports.grant_of(0, kPoll) == 2);
    CHECK(ports.grant_of(0, release(0)) == 4);
    CHECK(ports.grant_of(0, kAllocate) == 6);
    CHECK(ports.grant_of(0, word(8)) == 7);  // behind an allocation there is no dead cycle
}

TEST_CASE("an allocation without a command gives up its cycle", "[dma]") {
    Ports ports;

    CHECK(ports.grant_of(0, kAllocate) == 0);
    CHECK(ports.grant_of(0, release(1)) == 2);  // y_idfree: the port expected a command in 1
    CHECK(ports.grant_of(0, kAllocate) == 4);
    CHECK(ports.grant_of(0, kAllocate) == 6);
}

TEST_CASE("a port is closed for four cycles behind a command", "[dma]") {
    Ports ports;
    ports.grant_of(0, kAllocate);

    const Cycles last = ports.push(0, kReceive8);

    CHECK(ports.grant_of(0, kPoll) == last + 5);
    CHECK(ports.unit.answer(0) == 0x1'0001);
}

TEST_CASE("a command with lines takes part in the arbitration with its last word", "[dma]") {
    Ports ports;
    ports.grant_of(0, kAllocate);

    const Cycles last = ports.push(0, {8 | 1U << 17 | 1U << 19, 0, 0, 4, 8});

    CHECK(ports.grant_of(0, kPoll) == last + 4);
}

TEST_CASE("a port stays closed while the engine does not start its command", "[dma]") {
    Ports ports;
    ports.engine_runs = false;
    ports.grant_of(0, kAllocate);
    const Cycles last = ports.push(0, kReceive8);

    ports.unit.present(0, kPoll);
    ports.step_to(last + 50);
    CHECK_THAT(ports.unit.waits_for(0), Catch::Contains("registration"));
    ports.engine_runs = true;

    CHECK(ports.grant_of(0, kPoll) == last + 53);
}

TEST_CASE("a load of STATUS shows the cycle behind its grant", "[dma]") {
    Ports ports;
    ports.grant_of(0, kAllocate);
    ports.unit.present(1, kAllocate);
    ports.unit.present(2, kPoll);
    ports.step();

    CHECK(ports.unit.answer(2) == 0x3'0000);
}

TEST_CASE("at most four commands with lines are on their way on each side", "[dma]") {
    Ports ports;
    ports.engine_runs = false;
    for (unsigned port = 0; port < 5; ++port)
        ports.grant_of(port, kAllocate);
    for (unsigned port = 0; port < 4; ++port)
        ports.push(port, {8 | 1U << 19, 0, 0, 4, 8});

    ports.unit.present(4, word(8 | 1U << 19));
    ports.step_to(ports.now + 20);
    CHECK(ports.unit.granted() == 0);
    CHECK_THAT(ports.unit.waits_for(4), Catch::Contains("room in the command queue"));
    ports.unit.withdraw(4);
    CHECK(ports.push(4, {8 | 1U << 23, 0, 0, 4, 8}) != kNever);  // the other side has room
}

TEST_CASE("lines that never end give their place back, too", "[dma]") {
    Ports ports;
    ports.grant_of(0, kAllocate);

    for (unsigned command = 0; command < 9; ++command)
        ports.push(0, {8 | 1U << 19, 0, 0, 0, 0});

    CHECK(ports.unit.take_accepted().size() == 9);
}

TEST_CASE("ports that need lines on both sides come through, however their turns stand", "[dma]") {
    for (unsigned shift = 0; shift < 4; ++shift) {
        Ports ports;
        for (unsigned port = 0; port < 4; ++port)
            ports.grant_of(port, kAllocate);
        if (shift % 2 == 1)
            ports.push(2, {8 | 1U << 19, 0, 0, 4, 8});  // moves the turn of one side only
        if (shift >= 2)
            ports.push(3, {8 | 1U << 23, 0, 0, 4, 8});
        const u32 head = 8 | 1U << 19 | 1U << 23;

        ports.unit.present(0, word(head));
        ports.unit.present(1, word(head));
        const u32 first = ports.step();
        const u32 second = ports.step();

        CAPTURE(shift);
        CHECK((first == 1 || first == 2));
        CHECK((first | second) == 3);
    }
}

TEST_CASE("what the hardware never grants is refused", "[dma]") {
    Ports ports;

    for (const u32 offset : {0x8U, 0xcU, 0x18U})
        CHECK_THAT(*ports.unit.refusal(0, {.address = offset}),
                   Catch::Contains("hangs the hardware"));
    CHECK(ports.unit.refusal(0, {.address = 4, .bytes = 1}));
    CHECK(ports.unit.refusal(0, {.address = 6}));
    CHECK_FALSE(ports.unit.refusal(0, {.address = 0x1020'4430}));
    CHECK_THAT(*ports.unit.refusal(0, word(8)), Catch::Contains("read CMD before"));
}

TEST_CASE("an access between the words of a command is refused", "[dma]") {
    Ports ports;
    ports.grant_of(0, kAllocate);
    ports.grant_of(0, word(8));

    CHECK_THAT(*ports.unit.refusal(0, kPoll), Catch::Contains("word 2 of a DMA command"));
    CHECK_FALSE(ports.unit.refusal(0, word(0)));
    CHECK_FALSE(ports.unit.refusal(1, kPoll));
}

TEST_CASE("a master that cannot wait is served at once", "[dma]") {
    Ports ports;

    CHECK(ports.unit.access_at_once(9, kAllocate, 0) == 0);
    for (unsigned command = 0; command < 2; ++command)
        for (const u32 data : kReceive8)
            CHECK(ports.unit.access_at_once(9, word(data), 0));
    CHECK(ports.unit.access_at_once(9, kPoll, 0) == 0x1'0001);
    CHECK_FALSE(ports.unit.access_at_once(9, word(8), 0));  // both places of the port are taken
    ports.unit.access_at_once(9, release(1), 0);
    CHECK(ports.unit.access_at_once(9, kPoll, 0) == 1);
}

TEST_CASE("of identifiers that end together the highest is told first", "[dma]") {
    TransferIds ids;
    for (unsigned id = 0; id < 2; ++id) {
        ids.set_notice(id, {.port = id, .raises_event = true});
        ids.add_bursts(id, 1);
        ids.external_done(id);
    }
    ids.tick();
    CHECK(ids.status() == 3);
    for (unsigned id = 0; id < 2; ++id)
        ids.tcdm_done(id);
    ids.tick();

    CHECK_FALSE(ids.begin());
    CHECK(ids.status() == 3);
    ids.tick();
    CHECK(ids.begin()->port == 1);
    CHECK(ids.status() == 0);
    ids.tick();
    CHECK(ids.begin()->port == 0);
    CHECK_FALSE(ids.has_end());
}

}  // namespace
}  // namespace flexv::dma
