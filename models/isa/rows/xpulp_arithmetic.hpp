// SPDX-License-Identifier: Apache-2.0
// Scalar Xpulpv2 arithmetic that is longer than a line, as pure functions of numbers or symbols
// (docs/spec/isa.md, section 9).
#pragma once

#include "isa/symbol.hpp"

namespace flexv::isa {

/// Half of the last bit that a shift by `shift`, 0..31, keeps.
template <Word T>
constexpr T rounding(T shift) {
    return (u32{1} << shift) >> 1;
}

template <bool is_unsigned, Word T>
constexpr T shift_right(T value, T shift) {
    if constexpr (is_unsigned)
        return value >> shift;
    else
        return as_unsigned(as_signed(value) >> shift);
}

/// Upper bound of a clip to `bits` bits, 0..31.
template <Word T>
constexpr T clip_bound(T bits) {
    return ((u32{1} << bits) - 1) >> 1;
}

template <Word T>
constexpr T clip(T value, T bits) {
    const T bound = clip_bound(bits);
    return as_unsigned(larger(smaller(as_signed(value), as_signed(bound)), as_signed(~bound)));
}

template <Word T>
constexpr T clip_unsigned(T value, T bits) {
    const auto bounded = smaller(as_signed(value), as_signed(clip_bound(bits)));
    return select(bounded < 0, u32{0}, as_unsigned(bounded));
}

/// The lower bound is found by the sign of a sum that wraps for large bounds, as in hardware (quirk
/// Q9).
template <Word T>
constexpr T clip_register(T value, T bound) {
    const T raised = select(as_signed(value + bound + 1) < 0, ~bound, value);
    return select(as_signed(value) > as_signed(bound), bound, raised);
}

template <Word T>
constexpr T clip_register_unsigned(T value, T bound) {
    const T low = select(as_signed(value + bound) < 0, ~bound, value);
    const T raised = select(as_signed(value) < 0, u32{0}, low);
    return select(as_signed(value) > as_signed(bound), bound, raised);
}

/// `length` - 1 and the lowest bit of a bit field; fields may reach beyond bit 31.
template <Word T>
struct BitField {
    T length_minus_1;
    T lsb;

    /// The register forms hold both numbers in one register.
    static constexpr BitField from_register(T word) {
        return {.length_minus_1 = (word >> 5) & 31, .lsb = word & 31};
    }

    [[nodiscard]] constexpr T mask() const { return (~u32{0} >> unused()) << lsb; }
    /// Bits of a word beside a field of this length.
    [[nodiscard]] constexpr T unused() const { return 31 - length_minus_1; }
};

template <Word T>
constexpr T extract(T value, BitField<T> field) {
    const T low = shift_right<false>(value, field.lsb);
    return shift_right<false>(low << field.unused(), field.unused());
}

template <Word T>
constexpr T extract_unsigned(T value, BitField<T> field) {
    return ((value >> field.lsb) << field.unused()) >> field.unused();
}

template <Word T>
constexpr T insert(T into, T value, BitField<T> field) {
    return (into & ~field.mask()) | ((value << field.lsb) & field.mask());
}

template <Word T>
constexpr T clear_bits(T value, BitField<T> field) {
    return value & ~field.mask();
}

template <Word T>
constexpr T set_bits(T value, BitField<T> field) {
    return value | field.mask();
}

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
template <Word T>
constexpr T count_leading_sign_bits(T value) {
    const T bits = select(as_signed(value) < 0, ~value, value);  // below the copies of the sign
    return select(bits == 0, value & 31, 30 - highest_one(bits));
}

}  // namespace flexv::isa
