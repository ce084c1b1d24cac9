// SPDX-License-Identifier: Apache-2.0
// Operands and results of one width are taken from words and put into words. Others go through bytes,
// a run of quads at a time: widened, added, packed. Each loop knows its widths and signs, and none of
// them branches.
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

// Quads begin .. end - 1, of any widths.
static void add_quads(const struct ResidualAdd* l, uint32_t begin, uint32_t end) {
    uint32_t a[kRun], b[kRun];
    for (uint32_t i = begin; i < end; i += kRun) {
        const uint32_t count = p_minu(end - i, kRun);
        widen(l->a_values + i * l->a.bits / 2, a, count, l->a);
        widen(l->b_values + i * l->b.bits / 2, b, count, l->b);
        add(l, a, b, count);
        pack(a, l->output_values + i * l->output.bits / 2, count, l->output.bits);
    }
}

// Number `lane` of a word.
#define NUMBER(word, bits, lane, is_signed)                      \
    ((is_signed) ? p_extract((word), (bits), (bits) * (lane))    \
                 : (int32_t)p_extractu((word), (bits), (bits) * (lane)))

// One number of the words x and y, into the same place of `result`.
#define ADD_LANE(bits, lane)                                                                \
    {                                                                                       \
        const int32_t first = p_mac(bias, NUMBER(x, bits, lane, a_signed), factor_a);       \
        const int32_t sum = p_mac(first, NUMBER(y, bits, lane, b_signed), factor_b) >> shift; \
        const int32_t value = p_clipur(sum, high);                                          \
        result = p_insert(result, value, bits, (bits) * (lane));                            \
    }

// Words begin .. end - 1, of 4-bit numbers or of bytes everywhere; results have no sign.
KERNEL_INLINE void add_words_as(const struct ResidualAdd* l, uint32_t begin, uint32_t end,
                                bool is_narrow, bool a_signed, bool b_signed) {
    const uint32_t* a = (const uint32_t*)(const void*)l->a_values + begin;
    const uint32_t* b = (const uint32_t*)(const void*)l->b_values + begin;
    uint32_t* to = (uint32_t*)(void*)l->output_values + begin;
    const int32_t high = highest_of(l->output.bits, false);
    const int32_t factor_a = l->multiplier_a, factor_b = l->multiplier_b, bias = l->bias;
    const uint32_t shift = l->shift;
    for (uint32_t* const stop = to + (end - begin); to < stop; ++to) {
        const uint32_t x = *a++;
        const uint32_t y = *b++;
        uint32_t result = 0;
        if (is_narrow) {
            ADD_LANE(4, 0) ADD_LANE(4, 1) ADD_LANE(4, 2) ADD_LANE(4, 3)
            ADD_LANE(4, 4) ADD_LANE(4, 5) ADD_LANE(4, 6) ADD_LANE(4, 7)
        } else {
            ADD_LANE(8, 0) ADD_LANE(8, 1) ADD_LANE(8, 2) ADD_LANE(8, 3)
        }
        *to = result;
    }
}

static void add_words(const struct ResidualAdd* l, uint32_t begin, uint32_t end) {
    const uint32_t signs = (l->a.is_signed ? 2u : 0u) + (l->b.is_signed ? 1u : 0u);
    if (l->a.bits == 4) {
        signs == 0   ? add_words_as(l, begin, end, true, false, false)
        : signs == 1 ? add_words_as(l, begin, end, true, false, true)
        : signs == 2 ? add_words_as(l, begin, end, true, true, false)
                     : add_words_as(l, begin, end, true, true, true);
    } else {
        signs == 0   ? add_words_as(l, begin, end, false, false, false)
        : signs == 1 ? add_words_as(l, begin, end, false, false, true)
        : signs == 2 ? add_words_as(l, begin, end, false, true, false)
                     : add_words_as(l, begin, end, false, true, true);
    }
}

// Results without sign are those of a ReLU, as between the blocks of a residual network.
static bool fits_words(const struct ResidualAdd* l) {
    const uint32_t bits = l->a.bits;
    return bits == l->b.bits && bits == l->output.bits && bits != 2 && !l->output.is_signed &&
           l->count * bits % 32 == 0;
}

void residual_add(const struct ResidualAdd* l, uint32_t worker, uint32_t workers) {
    kernel_check(l->count % 4 == 0, "residual_add: count must be a multiple of 4");
    if (fits_words(l)) {
        const struct Range share = share_of(l->count * l->a.bits / 32, worker, workers);
        add_words(l, share.begin, share.end);
    } else {
        const struct Range share = share_of(l->count / 4, worker, workers);
        add_quads(l, share.begin, share.end);
    }
}
