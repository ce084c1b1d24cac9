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
    for (Splitter splitter(command); !splitter.is_done();)
        bursts.push_back(splitter.next());
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

TEST_CASE("no burst crosses 4 KiB outside", "[dma]") {
    for (const Burst& burst : split({.length_bytes = 0x2'0000, .external = 0x1c00'0fa3}))
        CHECK(burst.external / 4096 == (burst.external + burst.bytes - 1) / 4096);
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

TEST_CASE("a fixed external address stays and takes 16 beats a burst", "[dma]") {
    const auto bursts =
        split({.length_bytes = 200, .increments = false, .tcdm = 0x40, .external = 0x1a10'0004});

    REQUIRE(bursts.size() == 4);
    CHECK(bursts[0].bytes == 64);  // 4 bytes a beat, as the address allows
    CHECK(bursts[0].beats() == 16);
    CHECK(bursts[3] ==
          Burst{.tcdm = 0x40 + 192, .external = 0x1a10'0004, .bytes = 8, .increments = false});
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
