// SPDX-License-Identifier: Apache-2.0
#include "dma/splitter.hpp"

#include "random_command.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <vector>

namespace flexv::dma {
namespace {

std::vector<Burst> split(const Command& command) {
    std::vector<Burst> bursts;
    for (LineSplitter lines(command); !lines.is_done();)
        for (BurstCutter cutter(lines.next()); !cutter.is_done();)
            bursts.push_back(cutter.next());
    return bursts;
}

TEST_CASE("bursts end at 256-byte boundaries of the external address", "[dma]") {
    const auto bursts = split({.length_bytes = 600, .tcdm = 0x10, .external = 0x1c00'00f0});

    CHECK(bursts ==
          std::vector<Burst>{{.tcdm = 0x10, .external = 0x1c00'00f0, .bytes = 0x10},
                             {.tcdm = 0x20, .external = 0x1c00'0100, .bytes = 0x100},
                             {.tcdm = 0x120, .external = 0x1c00'0200, .bytes = 0x100},
                             {.tcdm = 0x220, .external = 0x1c00'0300, .bytes = 600 - 0x210}});
}

TEST_CASE("only a single last byte crosses a boundary, with the burst before it", "[dma]") {
    for (u32 skew = 0; skew < 256; ++skew)
        for (u32 bytes = 1; bytes <= 1100; ++bytes) {
            u32 done = 0;
            for (const Burst& burst : split({.length_bytes = bytes, .external = 0x1000 + skew})) {
                const u32 room = 256 - burst.external % 256;
                done += burst.bytes;
                if (burst.bytes > room + (done == bytes ? 1 : 0))
                    FAIL("skew " << skew << ", " << bytes << " bytes: a burst of " << burst.bytes);
            }
            if (done != bytes)
                FAIL("skew " << skew << ", " << bytes << " bytes: " << done << " in the bursts");
        }
    SUCCEED();
}

TEST_CASE("a byte behind the last boundary rides on the burst before it", "[dma]") {
    const auto bursts = split({.length_bytes = 513, .external = 0x2000});

    REQUIRE(bursts.size() == 2);  // trans_unpack.sv of the RTL counts the commands so
    CHECK(bursts[1].bytes == 257);
    CHECK(bursts[1].beats() == 33);
}

TEST_CASE("the number of bursts is known before the first one", "[dma]") {
    for (u32 skew = 0; skew < 256; skew += 15)
        for (u32 bytes = 1; bytes <= 800; ++bytes) {
            BurstCutter cutter({.external = skew, .bytes = bytes});
            const unsigned expected = cutter.burst_count();
            unsigned count = 0;
            for (; !cutter.is_done(); ++count)
                cutter.next();
            if (count != expected)
                FAIL("skew " << skew << ", " << bytes << " bytes");
        }
    SUCCEED();
}

TEST_CASE("the stream is cut where the line of either side ends", "[dma]") {
    const auto bursts = split({.length_bytes = 20,
                               .tcdm = 0,
                               .external = 0x1000,
                               .tcdm_lines = {.count_bytes = 6, .stride_bytes = 100},
                               .external_lines = {.count_bytes = 8, .stride_bytes = 64}});

    CHECK(bursts == std::vector<Burst>{{.tcdm = 0, .external = 0x1000, .bytes = 6},
                                       {.tcdm = 100, .external = 0x1006, .bytes = 2},
                                       {.tcdm = 102, .external = 0x1040, .bytes = 4},
                                       {.tcdm = 200, .external = 0x1044, .bytes = 4},
                                       {.tcdm = 204, .external = 0x1080, .bytes = 2},
                                       {.tcdm = 300, .external = 0x1082, .bytes = 2}});
}

TEST_CASE("a fixed external address stays, and the bursts are those of a moving one", "[dma]") {
    const auto bursts =
        split({.length_bytes = 600, .increments = false, .tcdm = 0x40, .external = 0x1a10'0004});

    CHECK(bursts ==
          std::vector<Burst>{
              {.tcdm = 0x40, .external = 0x1a10'0004, .bytes = 252, .increments = false},
              {.tcdm = 0x13c, .external = 0x1a10'0004, .bytes = 256, .increments = false},
              {.tcdm = 0x23c, .external = 0x1a10'0004, .bytes = 92, .increments = false}});
}

TEST_CASE("beats at a fixed address carry the whole word behind the first one", "[dma]") {
    const Burst burst{.external = 0x1004, .bytes = 20, .increments = false};

    CHECK(burst.beats() == 3);
    CHECK(burst.beat_address(0) == 0x1004);
    CHECK(burst.beat_bytes(0) == 4);
    CHECK(burst.beat_address(4) == 0x1000);
    CHECK(burst.beat_bytes(4) == 8);
}

TEST_CASE("an unaligned burst has partial beats at both ends", "[dma]") {
    const Burst burst{.external = 0x1005, .bytes = 14};

    CHECK(burst.beats() == 3);
    CHECK(burst.beat_bytes(0) == 3);
    CHECK(burst.beat_bytes(3) == 8);
    CHECK(burst.beat_bytes(11) == 3);
}

TEST_CASE("the beats of a burst carry its bytes", "[dma]") {
    for (u32 skew = 0; skew < 8; ++skew)
        for (u32 bytes = 1; bytes <= 40; ++bytes) {
            const Burst burst{.external = 0x2000 + skew, .bytes = bytes};
            u32 beats = 0;
            for (u32 done = 0; done < bytes; done += burst.beat_bytes(done))
                ++beats;
            CAPTURE(skew, bytes);
            CHECK(beats == burst.beats());
        }
}

TEST_CASE("the bursts of any list of transfers copy what the list says", "[dma][property]") {
    constexpr unsigned kLists = 10'000;
    const Windows windows{.size_bytes = 0x4000, .tcdm_target = 0x4000, .external_source = 0x4000};
    const unsigned seed = random_seed();
    CAPTURE(seed);
    RandomCommands commands(seed);
    std::vector<u8> tcdm(0x8000);
    std::vector<u8> external(0x8000);
    for (u32 i = 0; i < tcdm.size(); ++i) {
        tcdm[i] = u8(commands.below(256));
        external[i] = u8(commands.below(256));
    }
    auto expected_tcdm = tcdm;
    auto expected_external = external;

    for (unsigned list = 0; list < kLists; ++list) {
        for (u32 length = 1 + commands.below(4); length != 0; --length) {
            const Command command = commands.next(windows);
            copy_bytes(command, expected_tcdm, expected_external);
            for (const Burst& burst : split(command)) {
                u8* const inside = tcdm.data() + burst.tcdm;
                u8* const outside = external.data() + burst.external;
                std::memcpy(command.is_receive ? inside : outside,
                            command.is_receive ? outside : inside, burst.bytes);
            }
        }
        if (tcdm != expected_tcdm || external != expected_external)
            FAIL("list " << list << " differs");
    }
    SUCCEED();
}

}  // namespace
}  // namespace flexv::dma
