// SPDX-License-Identifier: Apache-2.0
#include "cluster_bus/route.hpp"

#include "base/error.hpp"

#include <catch2/catch.hpp>

namespace flexv::cluster_bus {
namespace {

RouteTable table() {
    RouteTable routes;
    routes.add("bus", {.name = "l2", .start = 0x1c00'0000, .size_bytes = 0x19'0000});
    routes.add("bus", {.name = "tcdm", .start = 0x1000'0000, .size_bytes = 0x2'0000});
    return routes;
}

TEST_CASE("a range serves its first and its last byte and nothing beside", "[cluster_bus]") {
    const RouteTable routes = table();

    REQUIRE(routes.find(0x1000'0000, 1) != nullptr);
    CHECK(routes.find(0x1000'0000, 1)->name == "tcdm");
    CHECK(routes.find(0x1001'fffc, 4)->name == "tcdm");
    CHECK(routes.find(0x1c00'0000, 0x19'0000)->name == "l2");
    CHECK(routes.find(0x0fff'ffff, 1) == nullptr);
    CHECK(routes.find(0x1001'fffd, 4) == nullptr);
    CHECK(routes.find(0x1002'0000, 1) == nullptr);
    CHECK(routes.find(~u64{0}, 8) == nullptr);
}

TEST_CASE("overlapping ranges are refused with both names", "[cluster_bus]") {
    RouteTable routes = table();

    CHECK_THROWS_WITH(
        routes.add("soc.bus", {.name = "rom", .start = 0x1001'f000, .size_bytes = 0x2000}),
        "soc.bus: rom 0x1001f000..0x10020fff (8 KiB) overlaps tcdm 0x10000000..0x1001ffff (128 "
        "KiB): ranges must be disjoint");
    CHECK_THROWS_AS(routes.add("bus", {.name = "all", .start = 0, .size_bytes = u64{1} << 32}),
                    UserError);
    CHECK_THROWS_AS(routes.add("bus", {.name = "empty", .start = 0, .size_bytes = 0}), UserError);
}

TEST_CASE("an unmapped address is described by its neighbours", "[cluster_bus]") {
    const RouteTable routes = table();

    CHECK(routes.nearest(0) == "tcdm 0x10000000..0x1001ffff (128 KiB)");
    CHECK(routes.nearest(0x1a00'0000) ==
          "tcdm 0x10000000..0x1001ffff (128 KiB), l2 0x1c000000..0x1c18ffff (1600 KiB)");
    CHECK(routes.nearest(0xffff'ffff) == "l2 0x1c000000..0x1c18ffff (1600 KiB)");
    CHECK(routes.nearest(0, 0x100) == "tcdm 0x10000100..0x100200ff (128 KiB)");
    CHECK(RouteTable().nearest(0) == "nothing is mapped");
}

}  // namespace
}  // namespace flexv::cluster_bus
