// SPDX-License-Identifier: Apache-2.0
// Scalar Xpulpv2 arithmetic that is longer than a line, as pure functions (docs/spec/isa.md,
// section 9).
#pragma once

#include "base/units.hpp"

#include <algorithm>
#include <bit>

namespace flexv::isa {

/// Half of the last bit that a shift by `shift` keeps.
constexpr u32 rounding(unsigned shift) { return shift == 0 ? 0 : u32{1} << (shift - 1); }

template <bool is_unsigned>
constexpr u32 shift_right(u32 value, unsigned shift) {
    return is_unsigned ? value >> shift : u32(i32(value) >> shift);
}

/// Upper bound of a clip to `bits` bits, 0..31.
constexpr i32 clip_bound(unsigned bits) { return bits == 0 ? 0 : i32((u32{1} << (bits - 1)) - 1); }

constexpr u32 clip(u32 value, unsigned bits) {
    const i32 bound = clip_bound(bits);
    return u32(std::clamp(i32(value), -bound - 1, bound));
}

constexpr u32 clip_unsigned(u32 value, unsigned bits) {
    return u32(std::clamp(i32(value), 0, clip_bound(bits)));
}

/// The lower bound is found by the sign of a sum that wraps for large bounds, as in hardware (quirk
/// Q9).
constexpr u32 clip_register(u32 value, u32 bound) {
    if (i32(value) > i32(bound))
        return bound;
    return i32(value + bound + 1) < 0 ? ~bound : value;
}

constexpr u32 clip_register_unsigned(u32 value, u32 bound) {
    if (i32(value) > i32(bound))
        return bound;
    if (i32(value) < 0)
        return 0;
    return i32(value + bound) < 0 ? ~bound : value;
}

/// `length` - 1 and the lowest bit of a bit field; fields may reach beyond bit 31.
struct BitField {
    u32 length_minus_1 = 0;
    u32 lsb = 0;

    /// The register forms hold both numbers in one register.
    static constexpr BitField from_register(u32 word) { return {word >> 5 & 31, word & 31}; }

    [[nodiscard]] constexpr u32 mask() const {
        return u32(((u64{2} << length_minus_1) - 1) << lsb);
    }
};

constexpr u32 extract(u32 value, BitField field) {
    const unsigned unused = 31 - field.length_minus_1;
    return u32(i32(u32(i32(value) >> field.lsb) << unused) >> unused);
}

constexpr u32 extract_unsigned(u32 value, BitField field) {
    const unsigned unused = 31 - field.length_minus_1;
    return value >> field.lsb << unused >> unused;
}

constexpr u32 insert(u32 into, u32 value, BitField field) {
    return (into & ~field.mask()) | (value << field.lsb & field.mask());
}

constexpr u32 clear_bits(u32 value, BitField field) { return value & ~field.mask(); }

constexpr u32 set_bits(u32 value, BitField field) { return value | field.mask(); }

/// Reverses the order of digits of `digit_bits` bits (1, 2 or 3), counted from bit 31. Ten digits
/// of three bits leave bits 31:30 zero.
constexpr u32 reverse_digits(u32 value, unsigned digit_bits) {
    const u32 digit = (u32{1} << digit_bits) - 1;
    u32 result = 0;
    for (unsigned lsb = 0; lsb + digit_bits <= 32; lsb += digit_bits)
        result |= (value >> (32 - digit_bits - lsb) & digit) << lsb;
    return result;
}

/// Redundant copies of the sign bit; 0 for 0 and 31 for -1.
constexpr u32 count_leading_sign_bits(u32 value) {
    if (value == 0)
        return 0;
    return u32(i32(value) < 0 ? std::countl_one(value) : std::countl_zero(value)) - 1;
}

/// Index of the highest set bit, 32 when there is none.
constexpr u32 find_last_one(u32 value) {
    return value == 0 ? 32 : u32(31 - std::countl_zero(value));
}

}  // namespace flexv::isa
