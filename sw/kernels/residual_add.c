// SPDX-License-Identifier: Apache-2.0
// A run of quads at a time: each operand is widened to bytes, the bytes are added, the results packed.
// Each of these loops knows its widths and signs, and none of them branches.
#include "residual_add.h"

#include "check.h"
#include "quad.h"
#include "share.h"

enum { kRun = 16 };  // quads

KERNEL_INLINE void widen_as(const uint8_t* from, uint32_t* quads, uint32_t count, uint32_t bits,
                            bool is_signed) {
    for (uint32_t i = 0; i < count; ++i) {
        quads[i] = quad_load(from + i * bits / 2, bits, is_signed);
    }
}

static void widen(const uint8_t* from, uint32_t* quads, uint32_t count, struct Addend format) {
    if (format.bits == 8) {
        widen_as(from, quads, count, 8, false);
    } else if (format.bits == 4) {
        format.is_signed ? widen_as(from, quads, count, 4, true)
                         : widen_as(from, quads, count, 4, false);
    } else {
        format.is_signed ? widen_as(from, quads, count, 2, true)
                         : widen_as(from, quads, count, 2, false);
    }
}

static void pack(const uint32_t* quads, uint8_t* to, uint32_t count, uint32_t bits) {
    if (bits == 8) {
        for (uint32_t i = 0; i < count; ++i) {
            quad_store(to + 4 * i, 8, quads[i]);
        }
    } else if (bits == 4) {
        for (uint32_t i = 0; i < count; ++i) {
            quad_store(to + 2 * i, 4, quads[i]);
        }
    } else {
        for (uint32_t i = 0; i < count; ++i) {
            quad_store(to + i, 2, quads[i]);
        }
    }
}

// The bytes of a word as the numbers that they stand for.
KERNEL_INLINE void split(uint32_t quad, bool is_signed, int32_t values[4]) {
    if (is_signed) {
        values[0] = p_extract(quad, 8, 0);
        values[1] = p_extract(quad, 8, 8);
        values[2] = p_extract(quad, 8, 16);
        values[3] = (int32_t)quad >> 24;
    } else {
        values[0] = (int32_t)(quad & 0xFF);
        values[1] = (int32_t)p_extractu(quad, 8, 8);
        values[2] = (int32_t)p_extractu(quad, 8, 16);
        values[3] = (int32_t)(quad >> 24);
    }
}

// The sums take the place of the first operand.
KERNEL_INLINE void add_as(const struct ResidualAdd* l, uint32_t* a, const uint32_t* b,
                          uint32_t count, bool a_signed, bool b_signed) {
    // Lowest and highest of `high`: of signed numbers -high - 1, of others 0.
    const int32_t high = highest_of(l->output.bits, l->output.is_signed);
    const bool is_signed = l->output.is_signed;
    const int32_t factor_a = l->multiplier_a, factor_b = l->multiplier_b, bias = l->bias;
    const uint32_t shift = l->shift;
    for (uint32_t i = 0; i < count; ++i) {
        int32_t first[4], second[4], values[4];
        split(a[i], a_signed, first);
        split(b[i], b_signed, second);
        FOR_EACH_CHANNEL(lane) {
            const int32_t sum = p_mac(bias, first[lane], factor_a);
            values[lane] = p_mac(sum, second[lane], factor_b) >> shift;
        }
        FOR_EACH_CHANNEL(lane) {
            values[lane] = is_signed ? p_clipr(values[lane], high) : p_clipur(values[lane], high);
        }
        a[i] = quad_of(values);
    }
}

static void add(const struct ResidualAdd* l, uint32_t* a, const uint32_t* b, uint32_t count) {
    if (l->a.is_signed) {
        l->b.is_signed ? add_as(l, a, b, count, true, true) : add_as(l, a, b, count, true, false);
    } else {
        l->b.is_signed ? add_as(l, a, b, count, false, true) : add_as(l, a, b, count, false, false);
    }
}

void residual_add(const struct ResidualAdd* l, uint32_t worker, uint32_t workers) {
    kernel_check(l->count % 4 == 0, "residual_add: count must be a multiple of 4");
    const struct Range share = share_of(l->count / 4, worker, workers);
    uint32_t a[kRun], b[kRun];
    for (uint32_t i = share.begin; i < share.end; i += kRun) {
        const uint32_t count = p_minu(share.end - i, kRun);
        widen(l->a_values + i * l->a.bits / 2, a, count, l->a);
        widen(l->b_values + i * l->b.bits / 2, b, count, l->b);
        add(l, a, b, count);
        pack(a, l->output_values + i * l->output.bits / 2, count, l->output.bits);
    }
}
