// SPDX-License-Identifier: Apache-2.0
#include "dma/command_unit.hpp"

#include "dma/engine.hpp"

#include <catch2/catch.hpp>

namespace flexv::dma {
namespace {

using Kind = Answer::Kind;

constexpr auto kAnyRoom = [](const Command&) { return true; };

Answer read(CommandUnit& unit, unsigned port, u32 offset, Cycles now) {
    return unit.access(port, {.address = offset}, now);
}
Answer write(CommandUnit& unit, unsigned port, u32 offset, u32 data, Cycles now) {
    return unit.access(port, {.address = offset, .data = data, .is_write = true}, now);
}
/// Three words from `now` on; the cycle of the last one.
Cycles push(CommandUnit& unit, unsigned port, Cycles now) {
    for (const u32 word : {8U, 0U, 0U})
        REQUIRE(write(unit, port, 0, word, now++).kind == Kind::granted);
    return now - 1;
}

TEST_CASE("a read of CMD allocates the lowest free identifier", "[dma]") {
    CommandUnit unit({});

    CHECK(read(unit, 0, 0, 1).data == 0);
    CHECK(read(unit, 3, 0, 2).data == 1);
    write(unit, 0, 4, 1U << 0, 3);
    CHECK(read(unit, 0, 0, 4).data == 0);
    CHECK(read(unit, 0, 4, 5).data >> 16 == 0x3);
}

TEST_CASE("an allocation waits while all 16 identifiers are in use", "[dma]") {
    CommandUnit unit({});
    for (Cycles cycle = 0; cycle < 16; ++cycle)
        REQUIRE(read(unit, 0, 0, cycle).kind == Kind::granted);

    CHECK(read(unit, 1, 0, 20).kind == Kind::waits);
    write(unit, 0, 4, 1U << 9, 21);
    CHECK(read(unit, 1, 0, 21).kind == Kind::waits);  // freed in this very cycle
    CHECK(read(unit, 1, 0, 22).data == 9);
}

TEST_CASE("what one port does is seen by another from the next cycle on", "[dma]") {
    CommandUnit unit({});

    CHECK(read(unit, 0, 0, 5).data == 0);
    CHECK(read(unit, 1, 0, 5).data == 1);
    CHECK(read(unit, 2, 4, 5).data == 0);
    CHECK(read(unit, 2, 4, 6).data == 0x3'0000);
}

TEST_CASE("only address bits 3:0 count, and offsets 8 and 12 hang the hardware", "[dma]") {
    CommandUnit unit({});

    CHECK(read(unit, 0, 0x1020'4430, 1).data == 0);
    CHECK(read(unit, 0, 0x1020'47f4, 2).data == 0x1'0000);
    for (const u32 offset : {0x8U, 0xcU, 0x18U}) {
        CHECK(read(unit, 0, offset, 3).kind == Kind::refused);
        CHECK_THAT(write(unit, 0, offset, 0, 3).text, Catch::Contains("hangs the hardware"));
    }
    CHECK(unit.access(0, {.address = 4, .bytes = 1}, 3).kind == Kind::refused);
    CHECK(unit.access(0, {.address = 6}, 3).kind == Kind::refused);
}

TEST_CASE("a command without an identifier is refused", "[dma]") {
    CommandUnit unit({});

    CHECK_THAT(write(unit, 0, 0, 8, 1).text, Catch::Contains("read CMD before"));
}

TEST_CASE("a port is closed while its command is registered", "[dma]") {
    CommandUnit unit({});
    read(unit, 0, 0, 1);

    const Cycles last = push(unit, 0, 2);

    CHECK(read(unit, 0, 4, last + 1).kind == Kind::waits);
    CHECK(read(unit, 0, 4, last + 1).retry_at == last + 5);
    CHECK(read(unit, 0, 4, last + 5).data == 0x1'0001);  // allocated and in flight
    CHECK(read(unit, 1, 4, last + 1).data == 0x1'0001);  // other ports are open
}

TEST_CASE("a port holds two commands that the engines do not take", "[dma]") {
    CommandUnit unit({});
    read(unit, 0, 0, 1);

    const Cycles first = push(unit, 0, 2);
    const Cycles second = push(unit, 0, first + 5);

    CHECK(write(unit, 0, 0, 8, second + 5).kind == Kind::waits);
    CHECK(read(unit, 0, 4, second + 5).kind == Kind::granted);
    CHECK_FALSE(unit.take_command(second + 5, [](const Command&) { return false; }));
    CHECK(unit.take_command(second + 5, kAnyRoom));
    CHECK(write(unit, 0, 0, 8, second + 6).kind == Kind::granted);
}

TEST_CASE("ports take turns in giving commands to the engines", "[dma]") {
    CommandUnit unit({});
    for (const unsigned port : {0U, 1U, 2U})
        read(unit, port, 0, port);
    Cycles cycle = 10;
    for (unsigned round = 0; round < 2; ++round, cycle += 8)
        for (const unsigned port : {0U, 1U, 2U})
            push(unit, port, cycle);

    std::vector<unsigned> ids;
    while (const auto command = unit.take_command(100, kAnyRoom))
        ids.push_back(command->id);

    CHECK(ids == std::vector<unsigned>{0, 1, 2, 0, 1, 2});
    CHECK(unit.next_command_at() == kNever);
}

TEST_CASE("an identifier is done with its last command and tells the last one's port", "[dma]") {
    TransferIds ids;
    const unsigned id = *ids.allocate(0);
    ids.add_command(id, {.port = 1, .raises_event = true}, 1);
    ids.add_command(id, {.port = 2, .raises_interrupt = true}, 2);

    CHECK_FALSE(ids.finish_command(id));
    CHECK(ids.is_active());
    const std::optional<Notice> notice = ids.finish_command(id);

    REQUIRE(notice);
    CHECK(notice->port == 2);
    CHECK(notice->raises_interrupt);
    CHECK_FALSE(notice->raises_event);
    CHECK(ids.status(3) == 0x1'0000);
}

}  // namespace
}  // namespace flexv::dma
