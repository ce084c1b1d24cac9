// SPDX-License-Identifier: Apache-2.0
// Four neighbouring channels as the bytes of a word: how the layers that mix no channels compute.
#ifndef FLEXV_QUAD_H
#define FLEXV_QUAD_H

#include "flexv/intrinsics.h"
#include "packed.h"

/// For inner loops: a function of its own for each constant argument, and loops over the four
/// channels without branches, so that their arrays live in registers.
#define KERNEL_INLINE static inline __attribute__((always_inline))
#define FOR_EACH_CHANNEL(c) _Pragma("GCC unroll 4") for (uint32_t c = 0; c < 4; ++c)

/// Four numbers of `bits` at `address`, which is aligned to them, widened to bytes.
KERNEL_INLINE uint32_t quad_load(const uint8_t* address, uint32_t bits, bool is_signed) {
    if (bits == 8) {
        return *(const uint32_t*)address;
    }
    uint32_t quad;
    if (bits == 4) {
        const uint32_t half = *(const uint16_t*)address;
        const uint32_t pairs = (half | half << 8) & 0x00FF00FF;
        quad = (pairs | pairs << 4) & 0x0F0F0F0F;
    } else {
        const uint32_t pairs = (*address | (uint32_t)*address << 12) & 0x000F000F;
        quad = (pairs | pairs << 6) & 0x03030303;
    }
    return is_signed ? pv_sra_sc_b(pv_sll_sc_b(quad, 8 - bits), 8 - bits) : quad;
}

/// Packs four bytes to `bits` each and stores them.
KERNEL_INLINE void quad_store(uint8_t* address, uint32_t bits, uint32_t quad) {
    if (bits == 8) {
        *(uint32_t*)address = quad;
    } else if (bits == 4) {
        const uint32_t nibbles = quad & 0x0F0F0F0F;
        const uint32_t pairs = nibbles | nibbles >> 4;
        *(uint16_t*)address = (uint16_t)((pairs & 0xFF) | (pairs >> 8 & 0xFF00));
    } else {
        *address = (uint8_t)pv_dotup_b(quad & 0x03030303, 0x40100401);
    }
}

/// A word of the low bytes of four numbers.
KERNEL_INLINE uint32_t quad_of(const int32_t values[4]) {
    const uint32_t low = pv_packlo_b(0, (uint32_t)values[1], (uint32_t)values[0]);
    return pv_packhi_b(low, (uint32_t)values[3], (uint32_t)values[2]);
}

/// Bytes 0, 2 (even) or 1, 3 (odd) of both words.
KERNEL_INLINE uint32_t quad_even(uint32_t low, uint32_t high) {
    return pv_shuffle2_b(low, high, 0x06040200);
}
KERNEL_INLINE uint32_t quad_odd(uint32_t low, uint32_t high) {
    return pv_shuffle2_b(low, high, 0x07050301);
}

/// Columns of four words of bytes.
KERNEL_INLINE void quad_transpose(const uint32_t rows[4], uint32_t columns[4]) {
    const uint32_t even_01 = quad_even(rows[0], rows[1]);
    const uint32_t even_23 = quad_even(rows[2], rows[3]);
    const uint32_t odd_01 = quad_odd(rows[0], rows[1]);
    const uint32_t odd_23 = quad_odd(rows[2], rows[3]);
    columns[0] = quad_even(even_01, even_23);
    columns[1] = quad_even(odd_01, odd_23);
    columns[2] = quad_odd(even_01, even_23);
    columns[3] = quad_odd(odd_01, odd_23);
}

#endif
