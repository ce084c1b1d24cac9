// SPDX-License-Identifier: Apache-2.0
// Costs that are functions of operands, against the measured programs that docs/spec/timing.md 1.3
// names.
#include "core/pipeline/costs.hpp"

#include <catch2/catch.hpp>

using namespace flexv;

TEST_CASE("a divide takes 3 cycles and one for each leading sign bit of the divisor", "[core]") {
    struct Row {
        u32 divisor;
        bool is_signed;
        Cycles total;  // of one divide, from the cycles of eight in core_cycles.csv
    };
    const Row rows[] = {
        {7, true, 32},            // div_100_7: 257
        {100, true, 28},          // div_7_100: 225
        {u32(-7), true, 31},      // div_100_m7: 249
        {1, true, 34},            // div_big_1: 273
        {0, true, 35},            // div_x_0: 281
        {u32(-1), true, 34},      // div_min_m1: 273
        {0xffff'ffff, false, 3},  // divu_max_max: 25
        {65536, false, 18},       // divu_x_64k: 145
        {16, false, 30},          // remu_big_16: 241
    };
    for (const Row& row : rows)
        CHECK(1 + core::pipeline::divide(row.divisor, row.is_signed) == row.total);
}

TEST_CASE("mstatus and the debug CSRs drain the pipeline", "[core]") {
    CHECK(core::pipeline::drains_pipeline(0x300));
    CHECK(core::pipeline::drains_pipeline(0x7b0));
    CHECK_FALSE(core::pipeline::drains_pipeline(0x340));
    CHECK_FALSE(core::pipeline::drains_pipeline(0x00d));
}
