// SPDX-License-Identifier: Apache-2.0
// The per-core address decode, address by address as in docs/spec/cluster.md 2.2.
#include "core/pipeline/address_map.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using core::AddressMap;
using core::DataPath;

TEST_CASE("each part of the cluster window has its data port", "[core]") {
    const AddressMap map;
    CHECK(map.path(0x1000'0000) == DataPath::tcdm);
    CHECK(map.path(0x100f'fffc) == DataPath::tcdm);
    CHECK(map.path(0x1010'0000) == DataPath::test_and_set);
    CHECK(map.path(0x1020'0000) == DataPath::peripheral);
    CHECK(map.path(0x1020'4000) == DataPath::event_unit);
    CHECK(map.path(0x1020'43fc) == DataPath::event_unit);
    CHECK(map.path(0x1020'4400) == DataPath::dma);
    CHECK(map.path(0x1020'4800) == DataPath::undecoded);
    CHECK(map.path(0x1030'0000) == DataPath::peripheral);
}

TEST_CASE("a core sees its own cluster at address 0 too", "[core]") {
    const AddressMap map;
    CHECK(map.path(0x0000'0004) == DataPath::tcdm);
    CHECK(map.path(0x0010'0000) == DataPath::test_and_set);
    CHECK(map.path(0x0020'421c) == DataPath::event_unit);
    CHECK(map.path(0x0020'1800) == DataPath::peripheral);
}

TEST_CASE("everything else leaves through the peripheral interconnect", "[core]") {
    const AddressMap map;
    CHECK(map.path(0x1c00'0000) == DataPath::peripheral);
    CHECK(map.path(0x0040'0000) == DataPath::peripheral);
    CHECK(map.path(0x1040'0000) == DataPath::peripheral);
    CHECK(map.path(0xffff'fffc) == DataPath::peripheral);
}

TEST_CASE("a direct window is served before the interconnect", "[core]") {
    const AddressMap map{.direct_base = 0x1a10'f000, .direct_bytes = 0x1000};
    CHECK(map.path(0x1a10'f000) == DataPath::direct);
    CHECK(map.path(0x1a10'ffff) == DataPath::direct);
    CHECK(map.path(0x1a11'0000) == DataPath::peripheral);
    CHECK(map.path(0x1a10'effc) == DataPath::peripheral);
}
