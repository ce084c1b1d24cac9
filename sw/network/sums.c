// SPDX-License-Identifier: Apache-2.0
#include "sums.h"

#include "quad.h"
#include "share.h"

// Four numbers a step, widened to bytes. Inlined for each pair of widths.
KERNEL_INLINE int32_t sum_of(const uint8_t* input, const uint8_t* weights, uint32_t depth,
                             uint32_t bits, uint32_t weight_bits, bool is_signed) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < depth; i += 4) {
        const uint32_t a = quad_load(input + i * bits / 8, bits, is_signed);
        const uint32_t w = quad_load(weights + i * weight_bits / 8, weight_bits, true);
        sum = is_signed ? pv_sdotsp_b(sum, a, w) : pv_sdotusp_b(sum, a, w);
    }
    return (int32_t)sum;
}

static int32_t any_sum(const struct Conv2d* c, const uint8_t* weights, uint32_t depth) {
    const struct Precision* const p = &c->precision;
    if (p->activation_bits == 8 && p->weight_bits == 8) {
        return p->activation_signed ? sum_of(c->input, weights, depth, 8, 8, true)
                                    : sum_of(c->input, weights, depth, 8, 8, false);
    }
    return sum_of(c->input, weights, depth, p->activation_bits, p->weight_bits,
                  p->activation_signed);
}

void dense_sums(const struct Conv2d* c, bool continues, uint32_t worker, uint32_t workers) {
    const uint32_t depth = c->height * c->width * c->input_channels;
    const struct Range share = share_of(c->output_channels, worker, workers);
    int32_t* const output = (int32_t*)(void*)c->output;
    for (uint32_t channel = share.begin; channel < share.end; ++channel) {
        const int32_t start = continues ? output[channel] : c->requantisation.scales[channel].bias;
        output[channel] = start + any_sum(c, c->weights + channel * c->weight_pitch, depth);
    }
}
