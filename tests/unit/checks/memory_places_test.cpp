// SPDX-License-Identifier: Apache-2.0
// The views of memory (docs/spec/cluster.md 2), and the DMA's registers (6.1).
#include "platform/checks/memory_places.hpp"

#include "platform/checks/dma_port.hpp"
#include "platform/checks/shadow_memory.hpp"
#include "platform/system/core_view.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::platform;

namespace {

constexpr std::size_t kClusters = 2;

MemoryPlaces places() {
    return MemoryPlaces({{.name = "soc.cluster.tcdm", .base = 0x1000'0000, .size_bytes = 0x2'0000},
                         {.name = "soc.cluster1.tcdm", .base = 0x1040'0000, .size_bytes = 0x2'0000},
                         {.name = "soc.l2", .base = 0x1c00'0000, .size_bytes = 0x1000}},
                        kClusters);
}

}  // namespace

TEST_CASE("all views of the TCDM are one memory", "[checks]") {
    const MemoryPlaces memory = places();

    for (const Address view : {0x1000'0104U, 0x1002'0104U, 0x1010'0104U})
        CHECK(memory.at(view)->address == 0x1000'0104);
    CHECK(memory.at(0x1010'0104)->is_test_and_set);
    CHECK_FALSE(memory.at(0x1000'0104)->is_test_and_set);
    CHECK(memory.in_tcdm(0x0006'0104, 0) == 0x1000'0104);
}

TEST_CASE("each cluster has a TCDM of its own", "[checks]") {
    const MemoryPlaces memory = places();

    for (const Address view : {0x1040'0104U, 0x1042'0104U, 0x1050'0104U})
        CHECK(memory.at(view)->address == 0x1040'0104);
    CHECK(memory.at(0x1050'0104)->is_test_and_set);
    CHECK(memory.in_tcdm(0x0006'0104, 1) == 0x1040'0104);
    CHECK_FALSE(memory.at(0x1080'0104));  // of a third one
}

TEST_CASE("registers and holes are no memory", "[checks]") {
    const MemoryPlaces memory = places();

    CHECK(memory.at(0x1c00'0fff)->address == 0x1c00'0fff);
    CHECK_FALSE(memory.at(0x1c00'1000));
    CHECK_FALSE(memory.at(0x1020'4000));
    CHECK_FALSE(memory.at(0x1060'4000));
    CHECK_FALSE(memory.at(0x1a10'f000));
}

TEST_CASE("the DMA has three ports with the same two registers", "[checks]") {
    using enum DmaRegister::Name;

    CHECK(dma_register_at(0x1020'4400) == DmaRegister{command, 0});
    CHECK(dma_register_at(0x1060'4404) == DmaRegister{status, 1});
    CHECK(dma_register_at(0x1020'1800) == DmaRegister{command, 0});
    CHECK(dma_register_at(0x10e0'1c04) == DmaRegister{status, 3});
    CHECK_FALSE(dma_register_at(0x1120'4400));
    CHECK_FALSE(dma_register_at(0x1020'4000));
    CHECK_FALSE(dma_register_at(0x1c00'0000));
}

TEST_CASE("a core sees its own cluster at 0, and everything else where all do", "[checks]") {
    const CoreView view{.alias_bytes = 0x40'0000, .base = 0x1040'0000};

    CHECK(view.absolute(0x0000'0104) == 0x1040'0104);
    CHECK(view.absolute(0x003f'ffff) == 0x107f'ffff);
    CHECK(view.absolute(0x1000'0104) == 0x1000'0104);
    CHECK(view.absolute(0x1c00'0000) == 0x1c00'0000);
}

TEST_CASE("shadow memory is undefined until it is written, bit by bit", "[checks]") {
    ShadowMemory memory;
    CHECK(memory.load(0x100, 4) == 0xFFFF'FFFF);
    CHECK(memory.is_untouched(0x100));

    memory.store(0x100, 2, 0x00F0);
    memory.copy(0xFFE, 0x100, 4);  // over the end of a page

    CHECK(memory.load(0x100, 4) == 0xFFFF'00F0);
    CHECK(memory.load(0xFFE, 4) == 0xFFFF'00F0);
    CHECK_FALSE(memory.is_untouched(0x101));
    memory.define(0xFFE, 4);
    CHECK(memory.load(0xFFE, 4) == 0);
}
