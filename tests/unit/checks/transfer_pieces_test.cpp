// SPDX-License-Identifier: Apache-2.0
// The bytes of DMA commands, as docs/spec/cluster.md 6.3 says them: byte k of the stream lies at
// base + (k / count) * stride + (k mod count).
#include "platform/checks/transfer_pieces.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace flexv;
using namespace flexv::platform;

namespace {

Address place(Address base, const dma::Lines& lines, u32 at) {
    return base + at / lines.count_bytes * lines.stride_bytes + at % lines.count_bytes;
}

}  // namespace

TEST_CASE("a plain transfer is one piece", "[transfer_pieces]") {
    const auto pieces = pieces_of({.length_bytes = 100, .tcdm = 0x10, .external = 0x1c00'0003});

    REQUIRE(pieces.size() == 1);
    CHECK(pieces[0].tcdm == 0x10);
    CHECK(pieces[0].external == 0x1c00'0003);
    CHECK(pieces[0].bytes == 100);
}

TEST_CASE("lines on both sides are cut where either ends", "[transfer_pieces]") {
    const dma::Command command{.length_bytes = 23,
                               .tcdm = 0x100,
                               .external = 0x1c00'0000,
                               .tcdm_lines = {.count_bytes = 8, .stride_bytes = 32},
                               .external_lines = {.count_bytes = 6, .stride_bytes = 10}};
    std::map<Address, Address> moved;
    u32 sum = 0;
    for (const TransferPiece& piece : pieces_of(command)) {
        for (u32 i = 0; i < piece.bytes; ++i)
            moved[piece.tcdm + i] = piece.external + i;
        sum += piece.bytes;
    }

    CHECK(sum == 23);
    REQUIRE(moved.size() == 23);
    for (u32 k = 0; k < 23; ++k)
        CHECK(moved.at(place(0x100, command.tcdm_lines, k)) ==
              place(0x1c00'0000, command.external_lines, k));
}

TEST_CASE("a fixed external address stays", "[transfer_pieces]") {
    const auto pieces = pieces_of({.length_bytes = 12,
                                   .increments = false,
                                   .tcdm = 0,
                                   .external = 0x1a10'0000,
                                   .tcdm_lines = {.count_bytes = 4, .stride_bytes = 8}});

    REQUIRE(pieces.size() == 3);
    for (const TransferPiece& piece : pieces)
        CHECK(piece.external == 0x1a10'0000);
    CHECK(pieces[2].tcdm == 16);
}
