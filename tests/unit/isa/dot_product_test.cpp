// SPDX-License-Identifier: Apache-2.0
// The packed dot products of narrow lanes against the plain loop over lanes: extremes in every
// lane, where digits would run into each other first, and random words.
#include "isa/rows/dot_product.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <random>

namespace flexv::isa {
namespace {

constexpr std::array<u32, 10> kExtremes{0,          0xffffffff, 0x88888888, 0x77777777, 0xaaaaaaaa,
                                        0x55555555, 0x80000000, 0x00000001, 0xf0f0f0f0, 0x8f8f8f8f};

template <unsigned a_width, unsigned b_width, bool a_signed, bool b_signed>
void check_signs(u32 a, u32 b) {
    CHECK(dot_product<a_width, b_width, a_signed, b_signed>(a, b) ==
          detail::dot_product_by_lanes<a_width, b_width, a_signed, b_signed>(a, b));
}

template <unsigned a_width, unsigned b_width>
void check(u32 a, u32 b) {
    CAPTURE(a, b, a_width, b_width);
    check_signs<a_width, b_width, false, false>(a, b);
    check_signs<a_width, b_width, false, true>(a, b);
    check_signs<a_width, b_width, true, false>(a, b);
    check_signs<a_width, b_width, true, true>(a, b);
}

void check_narrow_formats(u32 a, u32 b) {
    check<4, 4>(a, b);
    check<2, 2>(a, b);
    check<4, 2>(a, b);
}

}  // namespace

TEST_CASE("packed dot products are exact at the extremes", "[isa][dot]") {
    for (const u32 a : kExtremes)
        for (const u32 b : kExtremes)
            check_narrow_formats(a, b);
}

TEST_CASE("packed dot products are exact on random words", "[isa][dot]") {
    std::mt19937 random(1);
    for (unsigned i = 0; i < 5000; ++i)
        check_narrow_formats(u32(random()), u32(random()));
}

TEST_CASE("a dot product of a slice ignores the bits above it", "[isa][dot]") {
    CHECK(dot_product<4, 2, false, false>(0x11111111, 0xffff5555) == 8);
    CHECK(dot_product<8, 2, false, true>(0x01010101, 0xffffff55) == 4);
}

}  // namespace flexv::isa
