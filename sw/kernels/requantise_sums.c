// SPDX-License-Identifier: Apache-2.0
#include "requantise_sums.h"

#include "check.h"
#include "quad.h"
#include "share.h"

// Quads of channels, each with all its pixels: a worker gets a run of them.
struct Run {
    uint32_t quad, pixel, end;
};

static struct Run run_at(const struct SumsLayer* l, uint32_t begin, uint32_t end) {
    const uint32_t quad = quotient(begin, l->pixels);
    const uint32_t pixel = begin - quad * l->pixels;
    return (struct Run){quad, pixel, p_minu(l->pixels, pixel + end - begin)};
}

static struct Range quads_of(const struct SumsLayer* l, uint32_t worker, uint32_t workers) {
    kernel_check(l->channels % 4 == 0, "requantise_sums: channels must be a multiple of 4");
    return share_of(l->channels / 4 * l->pixels, worker, workers);
}

void start_sums(const struct SumsLayer* l, int32_t* sums, uint32_t worker, uint32_t workers) {
    struct Range share = quads_of(l, worker, workers);
    while (share.begin < share.end) {
        const struct Run run = run_at(l, share.begin, share.end);
        const struct ChannelScale* const s = l->scales + 4 * run.quad;
        const int32_t b0 = sum_bias(&s[0]), b1 = sum_bias(&s[1]);
        const int32_t b2 = sum_bias(&s[2]), b3 = sum_bias(&s[3]);
        int32_t* to = sums + run.pixel * l->channels + 4 * run.quad;
        for (uint32_t i = run.pixel; i < run.end; ++i, to += l->channels) {
            to[0] = b0;
            to[1] = b1;
            to[2] = b2;
            to[3] = b3;
        }
        share.begin += run.end - run.pixel;
    }
}

KERNEL_INLINE void requantise_run(const struct SumsLayer* l, const struct Run* run, uint32_t bits) {
    const struct ChannelScale* const s = l->scales + 4 * run->quad;
    const int32_t factors[4] = {s[0].multiplier, s[1].multiplier, s[2].multiplier, s[3].multiplier};
    const int32_t biases[4] = {product_bias(&s[0]), product_bias(&s[1]), product_bias(&s[2]),
                               product_bias(&s[3])};
    const int32_t low = l->low, high = l->high;
    const uint32_t shift = l->shift, step = l->channels * bits / 8;
    const int32_t* from = l->sums + run->pixel * l->channels + 4 * run->quad;
    uint8_t* to = l->output + run->pixel * step + run->quad * bits / 2;
    for (uint32_t i = run->pixel; i < run->end; ++i, from += l->channels, to += step) {
        int32_t values[4];
        FOR_EACH_CHANNEL(c) {
            const int32_t product = p_mac(biases[c], from[c], factors[c]);
            values[c] = p_min(p_max(product >> shift, low), high);
        }
        quad_store(to, bits, quad_of(values));
    }
}

void requantise_sums(const struct SumsLayer* l, uint32_t worker, uint32_t workers) {
    struct Range share = quads_of(l, worker, workers);
    while (share.begin < share.end) {
        const struct Run run = run_at(l, share.begin, share.end);
        if (l->bits == 8) {
            requantise_run(l, &run, 8);
        } else if (l->bits == 4) {
            requantise_run(l, &run, 4);
        } else {
            requantise_run(l, &run, 2);
        }
        share.begin += run.end - run.pixel;
    }
}
