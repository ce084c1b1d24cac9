// SPDX-License-Identifier: Apache-2.0
// Moves of whole lanes: extract, insert, shuffle and pack, defined for 16- and 8-bit lanes. In
// every other format the byte permuters still do something, and exactly this (docs/spec/isa.md,
// 11.3).
#pragma once

#include "isa/rows/simd.hpp"

namespace flexv::isa::permute {

template <unsigned width>
inline constexpr bool kHasLanes = width == 16 || width == 8;

constexpr u32 low_byte(u32 word) { return word & 0xff; }

/// From the high byte down, as in the manual's {a, b, c, d}.
constexpr u32 bytes(u32 b3, u32 b2, u32 b1, u32 b0) {
    return low_byte(b3) << 24 | low_byte(b2) << 16 | low_byte(b1) << 8 | low_byte(b0);
}

constexpr u32 halfwords(u32 h1, u32 h0) { return h1 << 16 | (h0 & 0xffff); }

/// Lane `index` of a register, extended. The index has one bit for halfwords and two for bytes.
template <unsigned width, bool is_signed>
constexpr u32 extract(u32 a, u32 index) {
    if constexpr (!kHasLanes<width>)
        return bytes(0, 0, a, a) | (is_signed && (a & 0x80) != 0 ? 0xffff0000 : 0);
    else
        return extended_lane<width, is_signed>(a, index & (32 / width - 1));
}

template <unsigned width>
constexpr u32 insert(u32 old, u32 a, u32 index) {
    if constexpr (!kHasLanes<width>) {
        return a;
    } else {
        const u32 lsb = (index & (32 / width - 1)) * width;
        return (old & ~(lane_mask<width>() << lsb)) | unsigned_lane<width>(a, 0) << lsb;
    }
}

/// Every lane of `selectors` picks a lane of `a`, or, where the next selector bit is 0, of `old`.
template <unsigned width>
constexpr u32 shuffle2(u32 old, u32 a, u32 selectors) {
    if constexpr (!kHasLanes<width>)
        return in_every_lane<8>(low_byte(a));
    constexpr u32 kLanes = 32 / width;
    u32 result = 0;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
        const u32 selector = unsigned_lane<width>(selectors, lane);
        const u32 source = (selector & kLanes) != 0 ? a : old;
        result |= unsigned_lane<width>(source, selector & (kLanes - 1)) << (lane * width);
    }
    return result;
}

template <unsigned width>
constexpr u32 shuffle(u32 a, u32 selectors) {
    return shuffle2<width>(a, a, selectors);
}

/// Selectors in the immediate, lowest lane first; `top` selects byte 3.
template <unsigned width>
constexpr u32 shuffle_immediate(u32 a, u32 immediate, u32 top) {
    if constexpr (width == 8)
        return shuffle<8>(a, bytes(top, immediate >> 4, immediate >> 2, immediate));
    else
        return shuffle<width>(a, halfwords(immediate >> 1, immediate));
}

enum class Pack {
    low,        ///< pv.pack: the low halves
    high,       ///< pv.pack.h.h: the high halves
    into_high,  ///< pv.packhi: bytes into the high half of the old rd
    into_low,   ///< pv.packlo: bytes into the low half of the old rd
};

constexpr u32 pack_halfwords(Pack pack, u32 a, u32 b) {
    const bool upper = pack == Pack::high || pack == Pack::into_high;
    return upper ? halfwords(a >> 16, b >> 16) : halfwords(a, b);
}

constexpr u32 pack_bytes(Pack pack, u32 old, u32 a, u32 b) {
    const u32 pair = low_byte(a) << 8 | low_byte(b);
    switch (pack) {
        case Pack::low:
            return pair;
        case Pack::high:
            return pair << 16;
        case Pack::into_high:
            return halfwords(pair, old);
        case Pack::into_low:
            return halfwords(old >> 16, pair);
    }
    return 0;
}

template <unsigned width>
constexpr u32 packed(Pack pack, u32 old, u32 a, u32 b) {
    if constexpr (width == 16)
        return pack_halfwords(pack, a, b);
    else if constexpr (width == 8)
        return pack_bytes(pack, old, a, b);
    else
        return bytes(a, a, b, b);
}

}  // namespace flexv::isa::permute
