// SPDX-License-Identifier: Apache-2.0
#include "residual_add.h"

#include "check.h"
#include "quad.h"
#include "share.h"

// Byte `lane` of a word as the number that it stands for.
static int32_t byte_of(uint32_t quad, uint32_t lane, bool is_signed) {
    const uint32_t byte = quad >> (8 * lane);
    return is_signed ? (int8_t)byte : (uint8_t)byte;
}

static uint32_t add_quads(const struct ResidualAdd* l, uint32_t a, uint32_t b) {
    const int32_t low = lowest_of(l->output.bits, l->output.is_signed);
    const int32_t high = highest_of(l->output.bits, l->output.is_signed);
    int32_t values[4];
    FOR_EACH_CHANNEL(i) {
        int32_t sum = p_mac(l->bias, byte_of(a, i, l->a.is_signed), l->multiplier_a);
        sum = p_mac(sum, byte_of(b, i, l->b.is_signed), l->multiplier_b);
        values[i] = p_min(p_max(sum >> l->shift, low), high);
    }
    return quad_of(values);
}

void residual_add(const struct ResidualAdd* l, uint32_t worker, uint32_t workers) {
    kernel_check(l->count % 4 == 0, "residual_add: count must be a multiple of 4");
    const struct Range share = share_of(l->count / 4, worker, workers);
    for (uint32_t i = share.begin; i < share.end; ++i) {
        const uint32_t a = quad_load(l->a_values + i * l->a.bits / 2, l->a.bits, l->a.is_signed);
        const uint32_t b = quad_load(l->b_values + i * l->b.bits / 2, l->b.bits, l->b.is_signed);
        quad_store(l->output_values + i * l->output.bits / 2, l->output.bits, add_quads(l, a, b));
    }
}
