// SPDX-License-Identifier: Apache-2.0
// Who waits for whom in the pipeline, without a pipeline. Rules: docs/spec/timing.md 1.1.
#include "core/pipeline/scoreboard.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::core;

namespace {

constexpr u64 bit(unsigned x) { return u64{1} << x; }

/// `x[rd]` comes late.
Slot load_to(unsigned rd) {
    Slot slot;
    slot.timing = isa::Timing::load;
    slot.late = bit(rd);
    slot.writes = u32(bit(rd));
    return slot;
}
Slot add_to(unsigned rd) {
    Slot slot;
    slot.writes = u32(bit(rd));
    return slot;
}
Slot use_of(unsigned x) {
    Slot slot;
    slot.uses = bit(x);
    return slot;
}
Slot jump_to_register(unsigned x) {
    Slot slot = use_of(x);
    slot.timing = isa::Timing::jump_register;
    slot.op.rs1 = u8(x);
    return slot;
}

constexpr Cycles kNow = 100;

}  // namespace

TEST_CASE("an instruction waits a cycle for a load directly before it", "[core][scoreboard]") {
    const Slot load = load_to(5);
    Scoreboard board;

    board.leave(load);

    CHECK(board.stalls(use_of(5)));
    CHECK(board.wait_in_decode(use_of(5), kNow) == 1);
    CHECK_FALSE(board.stalls(use_of(6)));
}

TEST_CASE("the instruction after that waits no more", "[core][scoreboard]") {
    const Slot load = load_to(5);
    const Slot other = add_to(6);
    Scoreboard board;

    board.leave(load);
    board.enter(false);
    board.leave(other);

    CHECK_FALSE(board.stalls(use_of(5)));
}

TEST_CASE("jalr waits for the instruction before it, and for a load before that",
          "[core][scoreboard]") {
    const Slot load = load_to(5);
    const Slot add = add_to(6);
    Scoreboard board;

    board.leave(load);
    board.enter(false);
    board.leave(add);

    CHECK(board.jump_register_wait(jump_to_register(6), kNow) == 1);
    CHECK(board.jump_register_wait(jump_to_register(5), kNow) == 1);
    CHECK(board.jump_register_wait(jump_to_register(7), kNow) == 0);
    CHECK(board.jump_register_wait(jump_to_register(0), kNow) == 0);
}

TEST_CASE("jalr behind a load waits for its stall and a cycle more", "[core][scoreboard]") {
    const Slot load = load_to(5);
    Scoreboard board;

    board.leave(load);

    CHECK(board.wait_in_decode(jump_to_register(5), kNow) == 2);
}

TEST_CASE("bubbles of the fetch in front of a jalr count as its wait", "[core][scoreboard]") {
    const Slot add = add_to(6);
    Scoreboard board;
    board.leave(add);

    board.delay_jump_register(1);

    CHECK(board.jump_register_wait(jump_to_register(6), kNow) == 0);
}

TEST_CASE("the target of a jump waits for the link register in the next cycle only",
          "[core][scoreboard]") {
    const Slot jump = add_to(1);
    Scoreboard board;

    board.jump(jump, kNow);
    board.flush();

    CHECK(board.jump_register_wait(jump_to_register(1), kNow + 1) == 1);
    CHECK(board.jump_register_wait(jump_to_register(1), kNow + 2) == 0);
}

TEST_CASE("bubbles cover every hazard", "[core][scoreboard]") {
    const Slot load = load_to(5);
    Scoreboard board;
    board.leave(load);

    board.flush();

    CHECK_FALSE(board.stalls(use_of(5)));
    CHECK(board.previous() == nullptr);
    CHECK(board.wait_in_decode(jump_to_register(5), kNow) == 0);
}
