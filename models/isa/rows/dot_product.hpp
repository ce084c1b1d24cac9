// SPDX-License-Identifier: Apache-2.0
// Sums of products of packed lanes: the hottest arithmetic of the simulator. Wide lanes are
// multiplied one by one; 4- and 2-bit lanes all at once, as digits of two 64-bit numbers.
#pragma once

#include "base/units.hpp"

namespace flexv::isa {

template <unsigned width>
constexpr u32 lane_mask() {
    return width >= 32 ? ~u32{0} : (u32{1} << width) - 1;
}

template <unsigned width>
constexpr u32 unsigned_lane(u32 word, unsigned index) {
    return word >> (index * width) & lane_mask<width>();
}

template <unsigned width>
constexpr i32 signed_lane(u32 word, unsigned index) {
    return i32(word << (32 - width - index * width)) >> (32 - width);
}

template <unsigned width, bool is_signed>
constexpr u32 extended_lane(u32 word, unsigned index) {
    return is_signed ? u32(signed_lane<width>(word, index)) : unsigned_lane<width>(word, index);
}

namespace detail {

template <unsigned a_width, unsigned b_width, bool a_signed, bool b_signed>
constexpr u32 dot_product_by_lanes(u32 a, u32 b) {
    u32 sum = 0;
    for (unsigned lane = 0; lane < 32 / a_width; ++lane)
        sum +=
            extended_lane<a_width, a_signed>(a, lane) * extended_lane<b_width, b_signed>(b, lane);
    return sum;
}

/// `bits` in every digit.
template <unsigned digit_bits>
constexpr u64 in_every_digit(u64 bits) {
    u64 word = 0;
    for (unsigned lsb = 0; lsb < 64; lsb += digit_bits)
        word |= bits << lsb;
    return word;
}

/// Byte i of a word in the low half of 16-bit digit i.
constexpr u64 bytes_to_digits(u32 word) {
    const u64 halves = (word | u64{word} << 16) & 0x0000ffff0000ffff;
    return (halves | halves << 8) & in_every_digit<16>(0xff);
}

/// Nibble i of a halfword in 16-bit digit i.
constexpr u64 nibbles_to_digits(u32 halfword) {
    const u64 bytes = ((halfword & 0xffff) | u64{halfword & 0xffff} << 24) & 0x000000ff000000ff;
    return (bytes | bytes << 12) & in_every_digit<16>(0xf);
}

/// Nibble i of a word in 8-bit digit i.
constexpr u64 nibbles_to_bytes(u32 word) {
    const u64 bytes = bytes_to_digits(word);
    return (bytes | bytes << 4) & in_every_digit<8>(0xf);
}

/// The lane at bit `lsb` of every digit alone. A negative lane borrows from the digits above, which
/// is what a number with negative digits looks like.
template <unsigned digit_bits, unsigned width, bool is_signed>
constexpr u64 digits(u64 word, unsigned lsb) {
    const u64 lanes = word >> lsb & in_every_digit<digit_bits>((u64{1} << width) - 1);
    if constexpr (is_signed)
        return lanes - ((lanes & in_every_digit<digit_bits>(u64{1} << (width - 1))) << 1);
    else
        return lanes;
}

/// With the digits of one factor in reverse order, the top digit of a product of two numbers is the
/// sum of the products of their digits. `a` and `b_reversed` hold two lanes per digit.
template <unsigned digit_bits, unsigned a_width, unsigned b_width, bool a_signed, bool b_signed>
constexpr u32 dot_product_of_digits(u64 a, u64 b_reversed) {
    u64 product = 0;
    for (unsigned lane = 0; lane < 2; ++lane)
        product += digits<digit_bits, a_width, a_signed>(a, lane * a_width) *
                   digits<digit_bits, b_width, b_signed>(b_reversed, lane * b_width);
    constexpr unsigned kTop = 64 - digit_bits;
    if constexpr (a_signed || b_signed)  // the digits below may borrow one: round to nearest
        return u32(i64(product + (u64{1} << (kTop - 1))) >> kTop);
    else
        return u32(product >> kTop);
}

}  // namespace detail

/// Sum over the lanes of `a` times the low lanes of `b`, modulo 2^32. `a_width` is never the
/// narrower.
template <unsigned a_width, unsigned b_width, bool a_signed, bool b_signed>
constexpr u32 dot_product(u32 a, u32 b) {
    using namespace detail;
    if constexpr (a_width == 2)
        return dot_product_of_digits<8, 2, 2, a_signed, b_signed>(
            nibbles_to_bytes(a), __builtin_bswap64(nibbles_to_bytes(b)));
    else if constexpr (a_width == 4 && b_width == 2)
        return dot_product_of_digits<16, 2, 4, b_signed, a_signed>(
            nibbles_to_digits(b), bytes_to_digits(__builtin_bswap32(a)));
    else if constexpr (a_width == 4)
        return dot_product_of_digits<16, 4, 4, a_signed, b_signed>(
            bytes_to_digits(a), bytes_to_digits(__builtin_bswap32(b)));
    else
        return dot_product_by_lanes<a_width, b_width, a_signed, b_signed>(a, b);
}

}  // namespace flexv::isa
