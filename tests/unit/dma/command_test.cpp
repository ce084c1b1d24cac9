// SPDX-License-Identifier: Apache-2.0
// Word layout: docs/spec/cluster.md 6.3.
#include "dma/command.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace flexv::dma {
namespace {

/// The command that `words` make up; its last word must be the last one given.
Command assemble(const std::vector<u32>& words) {
    CommandAssembler assembler;
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        REQUIRE_FALSE(assembler.add(words[i]));
    const std::optional<Command> command = assembler.add(words.back());
    REQUIRE(command);
    return *command;
}

TEST_CASE("three words make a linear command", "[dma]") {
    // The first word of d_rx_64: 64 bytes, external to TCDM, incrementing, event.
    const Command command = assemble({1441856, 0x1000'1000, 0x1c02'0000});

    CHECK(command == Command{.length_bytes = 64,
                             .is_receive = true,
                             .raises_event = true,
                             .tcdm = 0x1000'1000,
                             .external = 0x1c02'0000});
}

TEST_CASE("each flag of the first word has its bit", "[dma]") {
    CHECK(assemble({1, 0, 0}) == Command{.increments = false});
    CHECK(assemble({1 | 1U << 17, 0, 0}).is_receive);
    CHECK(assemble({1 | 1U << 18, 0, 0}).increments);
    CHECK(assemble({1 | 1U << 20, 0, 0}).raises_event);
    CHECK(assemble({1 | 1U << 21, 0, 0}).raises_interrupt);
    CHECK(assemble({1 | 1U << 22, 0, 0}).is_broadcast);
}

TEST_CASE("a length of 0 means 128 KiB", "[dma]") {
    CHECK(assemble({0, 0, 0}).length_bytes == 0x2'0000);
    CHECK(assemble({0x1'ffff, 0, 0}).length_bytes == 0x1'ffff);
}

TEST_CASE("the lines of the external side come before those of the TCDM", "[dma]") {
    const Command both = assemble({64 | 1U << 19 | 1U << 23, 0, 0, 16, 100, 8, 32});
    const Command tcdm_only = assemble({64 | 1U << 23, 0, 0, 8, 32});

    CHECK(both.external_lines == Lines{.count_bytes = 16, .stride_bytes = 100});
    CHECK(both.tcdm_lines == Lines{.count_bytes = 8, .stride_bytes = 32});
    CHECK(tcdm_only.external_lines == Lines{});
    CHECK(tcdm_only.tcdm_lines == Lines{.count_bytes = 8, .stride_bytes = 32});
}

TEST_CASE("a stride keeps 31 bits, so a negative one is lost and 0 works", "[dma]") {
    const Command command = assemble({64 | 1U << 19, 0, 0, 16, 0xffff'fff0});

    CHECK(command.external_lines.stride_bytes == 0x7fff'fff0);
    CHECK(assemble({64 | 1U << 19, 0, 0, 16, 0}).external_lines.stride_bytes == 0);
}

TEST_CASE("a command can follow another at once", "[dma]") {
    CommandAssembler assembler;

    for (const u32 length : {8U, 16U}) {
        assembler.add(length);
        CHECK(assembler.word_count() == 1);
        assembler.add(0);
        CHECK(assembler.add(0)->length_bytes == length);
        CHECK(assembler.word_count() == 0);
    }
}

TEST_CASE("an encoded command assembles to itself", "[dma]") {
    const Command command{.length_bytes = 300,
                          .is_receive = true,
                          .increments = false,
                          .raises_interrupt = true,
                          .is_broadcast = true,
                          .tcdm = 4,
                          .external = 5,
                          .tcdm_lines = {.count_bytes = 6, .stride_bytes = 7},
                          .external_lines = {.count_bytes = 8, .stride_bytes = 9}};
    unsigned length = 0;
    const auto words = encode(command, length);

    REQUIRE(length == 7);
    CHECK(assemble({words.begin(), words.end()}) == command);
}

TEST_CASE("a command reaches in the TCDM as far as its furthest line", "[dma]") {
    const auto reach = [](u32 length, Lines lines) {
        return Command{.length_bytes = length, .tcdm_lines = lines}.tcdm_reach_bytes();
    };

    CHECK(reach(64, {}) == 64);
    CHECK(reach(64, {.count_bytes = 16, .stride_bytes = 100}) == 316);
    CHECK(reach(20, {.count_bytes = 16, .stride_bytes = 100}) == 104);
    CHECK(reach(20, {.count_bytes = 16, .stride_bytes = 0}) == 16);
}

}  // namespace
}  // namespace flexv::dma
