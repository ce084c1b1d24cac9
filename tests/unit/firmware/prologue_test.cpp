// SPDX-License-Identifier: Apache-2.0
// Frames that only the code of a function tells of.
#include "platform/firmware/prologue.hpp"

#include "isa/tools/assembler.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace flexv::platform {

namespace {

constexpr Address kStart = 0x1c00'0000;

/// In front of instruction `count`.
FrameShape shape_behind(const std::vector<std::string>& lines, unsigned count) {
    std::vector<u32> words;
    for (const std::string& line : lines)
        words.push_back(isa::assemble(line));
    const isa::Decoder decoder(*isa::isa_subset("flexv"));
    return frame_shape(kStart, kStart + 4 * count, decoder,
                       [&words](Address address) -> std::optional<u32> {
                           const std::size_t index = (address - kStart) / 4;
                           return index < words.size() ? std::optional(words[index]) : std::nullopt;
                       });
}

const std::vector<std::string> kFunction = {"addi sp, sp, -32", "sw s0, 24(sp)", "sw ra, 28(sp)",
                                            "beq a0, zero, 16", "lw ra, 28(sp)", "addi sp, sp, 32",
                                            "jalr zero, 0(ra)", "addi a0, a0, 1"};

}  // namespace

TEST_CASE("a frame grows with the prologue", "[call_stack]") {
    CHECK(shape_behind(kFunction, 0).stack_bytes == 0);
    CHECK(shape_behind(kFunction, 1).stack_bytes == 32);
    CHECK_FALSE(shape_behind(kFunction, 2).return_address_at);
    CHECK(shape_behind(kFunction, 3).return_address_at == 28U);
}

TEST_CASE("a frame shrinks with the epilogue", "[call_stack]") {
    CHECK_FALSE(shape_behind(kFunction, 5).return_address_at);
    CHECK(shape_behind(kFunction, 6).stack_bytes == 0);
}

TEST_CASE("behind an early return the frame is there again", "[call_stack]") {
    CHECK(shape_behind(kFunction, 7).stack_bytes == 32);
    CHECK(shape_behind(kFunction, 7).return_address_at == 28U);
}

TEST_CASE("memory that ends ends the search", "[call_stack]") {
    CHECK(shape_behind({"addi sp, sp, -16"}, 1000).stack_bytes == 16);
}

}  // namespace flexv::platform
