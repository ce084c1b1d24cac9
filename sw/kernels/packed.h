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

/// Lowest and highest result of a layer.
static inline int32_t lowest_result(const struct Precision* p, const struct Requantisation* r) {
    const bool is_clipped = p->output_bits == 8 && (r->low | r->high) != 0;
    return is_clipped ? r->low : lowest_of(p->output_bits, p->output_signed);
}
static inline int32_t highest_result(const struct Precision* p, const struct Requantisation* r) {
    const bool is_clipped = p->output_bits == 8 && (r->low | r->high) != 0;
    return is_clipped ? r->high : highest_of(p->output_bits, p->output_signed);
}

#ifdef FLEXV_BIAS_IN_PRODUCT
enum { kIsBiasInProduct = true };
#else
enum { kIsBiasInProduct = false };
#endif

/// What the sums of a product start from, and what is added behind the multiplication.
static inline int32_t sum_bias(const struct ChannelScale* scale) {
    return kIsBiasInProduct ? 0 : scale->bias;
}
static inline int32_t product_bias(const struct ChannelScale* scale) {
    return kIsBiasInProduct ? scale->bias : 0;
}

/// A product of `channel` as a result.
static inline int32_t clip_product(const struct Precision* precision,
                                   const struct Requantisation* r, int32_t product) {
    const int32_t value = product >> r->shift;
    const int32_t low = lowest_result(precision, r);
    const int32_t high = highest_result(precision, r);
    return value < low ? low : value > high ? high : value;
}

/// Requantises a sum of `channel` that contains its bias; the product wraps as in the kernels.
static inline int32_t requantise(const struct Precision* precision, const struct Requantisation* r,
                                 uint32_t channel, int32_t sum) {
    const uint32_t multiplier = (uint32_t)r->scales[channel].multiplier;
    return clip_product(precision, r, (int32_t)((uint32_t)sum * multiplier));
}

#endif
