// SPDX-License-Identifier: Apache-2.0
// Pure functions behind Xpulpv2 rows, as laws over random operands.
#include "isa/rows/simd_lanes.hpp"
#include "isa/rows/simd_permutation.hpp"
#include "isa/rows/xpulp_arithmetic.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace flexv::isa {

TEST_CASE("a clip lies between its bounds and keeps what is inside", "[isa][arithmetic]") {
    std::mt19937 random(1);
    for (unsigned i = 0; i < 1000; ++i) {
        const u32 value = u32(i32(random()) >> (random() % 32));
        const unsigned bits = 1 + unsigned(random() % 31);
        const i64 bound = (i64{1} << (bits - 1)) - 1;
        const i64 clipped = i32(clip(value, bits));

        CHECK(clipped <= bound);
        CHECK(clipped >= -bound - 1);
        if (i32(value) <= bound && i32(value) >= -bound - 1)
            CHECK(clipped == i32(value));
        CHECK(i32(clip_unsigned(value, bits)) == (clipped < 0 ? 0 : clipped));
        if (bits < 31)  // beyond, the register form overflows (quirk Q9)
            CHECK(clip_register(value, u32(bound)) == u32(clipped));
    }
}

TEST_CASE("a register clip with a large bound overflows like the hardware", "[isa][arithmetic]") {
    CHECK(clip_register(0x50000000U, 0x60000000U) == 0x9fffffff);
    CHECK(clip_register_unsigned(0x50000000U, 0x60000000U) == 0x9fffffff);
}

TEST_CASE("extract undoes insert", "[isa][arithmetic]") {
    std::mt19937 random(2);
    for (unsigned i = 0; i < 1000; ++i) {
        const u32 lsb = u32(random() % 32);
        const BitField field{u32(random() % (32 - lsb)), lsb};
        const u32 into = u32(random());
        const u32 value = u32(random());
        const u32 word = insert(into, value, field);

        CHECK((word & ~field.mask()) == (into & ~field.mask()));
        CHECK(extract_unsigned(word, field) == (value & (field.mask() >> lsb)));
        CHECK((clear_bits(word, field) | (word & field.mask())) == word);
        CHECK((set_bits(word, field) & field.mask()) == field.mask());
    }
}

TEST_CASE("a reversal of digits is its own inverse", "[isa][arithmetic]") {
    std::mt19937 random(3);
    for (unsigned i = 0; i < 100; ++i) {
        const u32 value = u32(random());
        CHECK(reverse_digits(reverse_digits(value, 1), 1) == value);
        CHECK(reverse_digits(reverse_digits(value, 2), 2) == value);
    }
    CHECK(reverse_digits(0xffffffff, 3) == 0x3fffffff);
}

TEST_CASE("counting sign bits looks at copies of the sign", "[isa][arithmetic]") {
    CHECK(count_leading_sign_bits(0U) == 0);
    CHECK(count_leading_sign_bits(0xffffffffU) == 31);
    CHECK(count_leading_sign_bits(0x7fffffffU) == 0);
    CHECK(count_leading_sign_bits(0xc0000000U) == 1);
    CHECK(highest_one(0U) == 32);
    CHECK(highest_one(1U) == 0);
}

TEST_CASE("lane additions undo lane subtractions", "[isa][arithmetic]") {
    std::mt19937 random(4);
    for (unsigned i = 0; i < 100; ++i) {
        const u32 a = u32(random());
        const u32 b = u32(random());
        CHECK(lanes::Add::apply<16>(lanes::Sub::apply<16>(a, b), b) == a);
        CHECK(lanes::Add::apply<8>(lanes::Sub::apply<8>(a, b), b) == a);
        CHECK(lanes::Add::apply<4>(lanes::Sub::apply<4>(a, b), b) == a);
        CHECK(lanes::Min::apply<4>(a, b) + lanes::Max::apply<4>(a, b) == a + b);
    }
}

TEST_CASE("inserting an extracted lane changes nothing", "[isa][arithmetic]") {
    const u32 word = 0x89abcdef;
    for (u32 index = 0; index < 4; ++index)
        CHECK(permute::insert<8>(word, permute::extract<8, true>(word, index), index) == word);
    CHECK(permute::shuffle<8>(word, 0x03020100) == word);
    CHECK(permute::shuffle<16>(word, 0x00010000) == word);
}

}  // namespace flexv::isa
