// SPDX-License-Identifier: Apache-2.0
// Packed numbers of 8, 4 or 2 bits, one at a time: for what is too small for the kernels.
#ifndef FLEXV_PACKED_H
#define FLEXV_PACKED_H

#include "matmul.h"

/// Number `index` of a packed row.
static inline int32_t packed_get(const uint8_t* row, uint32_t index, uint32_t bits,
                                 bool is_signed) {
    const uint32_t bit = index * bits;
    const uint32_t above = 32 - bits;
    const uint32_t high = (uint32_t)(row[bit / 8] >> (bit % 8)) << above;
    return is_signed ? (int32_t)high >> above : (int32_t)(high >> above);
}

static inline void packed_set(uint8_t* row, uint32_t index, uint32_t bits, int32_t value) {
    const uint32_t bit = index * bits;
    const uint32_t mask = ((1u << bits) - 1) << (bit % 8);
    uint8_t* const byte = &row[bit / 8];
    *byte = (uint8_t)((*byte & ~mask) | (((uint32_t)value << (bit % 8)) & mask));
}

/// Lowest and highest number of `bits`.
static inline int32_t lowest_of(uint32_t bits, bool is_signed) {
    return is_signed ? -(1 << (bits - 1)) : 0;
}
static inline int32_t highest_of(uint32_t bits, bool is_signed) {
    return (1 << (is_signed ? bits - 1 : bits)) - 1;
}

/// Requantises a sum that contains its bias; the product wraps as in the kernels.
static inline int32_t requantise(const struct Precision* precision, uint32_t shift,
                                 const struct ChannelScale* scale, int32_t sum) {
    const int32_t value = (int32_t)((uint32_t)sum * (uint32_t)scale->multiplier) >> shift;
    const int32_t low = lowest_of(precision->output_bits, precision->output_signed);
    const int32_t high = highest_of(precision->output_bits, precision->output_signed);
    return value < low ? low : value > high ? high : value;
}

#endif
