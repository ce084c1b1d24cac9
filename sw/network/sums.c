// SPDX-License-Identifier: Apache-2.0
#include "sums.h"

#include "quad.h"
#include "share.h"

enum { kRows = 4 };  // channels that share the loads of the input

// Four channels' sums of products of bytes, a word of each in a pass: 9 cycles for 16 products. No
// product waits for its loads.
#define MULTIPLY(dot)                                                                      \
    __asm__ volatile(                                                                      \
        ".option push\n\t.option norvc\n\t.option norelax\n\t.balign 4\n\t"                \
        "lp.setup 0, %[count], 1f\n\t"                                                     \
        "p.lw.post %[x], 4, %[input]\n\tp.lw.post %[a], 4, %[w0]\n\tp.lw.post %[b], 4, "   \
        "%[w1]\n\t" dot " %[s0], %[x], %[a]\n\tp.lw.post %[a], 4, %[w2]\n\t" dot           \
        " %[s1], %[x], %[b]\n\tp.lw.post %[b], 4, %[w3]\n\t" dot                           \
        " %[s2], %[x], %[a]\n"                                                             \
        "1:\t" dot " %[s3], %[x], %[b]\n\t.option pop"                                     \
        : [input] "+r"(input), [w0] "+r"(rows[0]), [w1] "+r"(rows[1]), [w2] "+r"(rows[2]), \
          [w3] "+r"(rows[3]), [s0] "+r"(sums[0]), [s1] "+r"(sums[1]), [s2] "+r"(sums[2]),  \
          [s3] "+r"(sums[3]), [a] "=&r"(a), [b] "=&r"(b), [x] "=&r"(x)                     \
        : [count] "r"(words)                                                               \
        : "memory")

static void multiply_bytes(const uint8_t* input, const uint8_t* rows[kRows], uint32_t words,
                           bool is_signed, uint32_t sums[kRows]) {
    uint32_t a, b, x;
    if (is_signed) {
        MULTIPLY("pv.sdotsp.b");
    } else {
        MULTIPLY("pv.sdotusp.b");
    }
}

// The same for narrow numbers: four a step, widened to bytes.
KERNEL_INLINE void multiply_as(const uint8_t* input, const uint8_t* rows[kRows], uint32_t quads,
                               uint32_t bits, uint32_t weight_bits, bool is_signed,
                               uint32_t sums[kRows]) {
    for (uint32_t i = 0; i < quads; ++i) {
        const uint32_t x = quad_load(input, bits, is_signed);
        input += bits / 2;
        FOR_EACH_CHANNEL(c) {
            const uint32_t w = quad_load(rows[c], weight_bits, true);
            sums[c] = is_signed ? pv_sdotsp_b(sums[c], x, w) : pv_sdotusp_b(sums[c], x, w);
            rows[c] += weight_bits / 2;
        }
    }
}

static void multiply(const struct Conv2d* c, const uint8_t* rows[kRows], uint32_t quads,
                     uint32_t sums[kRows]) {
    const struct Precision* const p = &c->precision;
    if (p->activation_bits == 8 && p->weight_bits == 8) {
        multiply_bytes(c->input, rows, quads, p->activation_signed, sums);
    } else if (p->activation_bits == 8 && p->weight_bits == 4) {
        multiply_as(c->input, rows, quads, 8, 4, p->activation_signed, sums);
    } else {
        multiply_as(c->input, rows, quads, p->activation_bits, p->weight_bits, p->activation_signed,
                    sums);
    }
}

void dense_sums(const struct Conv2d* c, bool continues, uint32_t worker, uint32_t workers) {
    const uint32_t quads = c->height * c->width * c->input_channels / 4;
    const struct Range share = share_of(c->output_channels, worker, workers);
    int32_t* const output = (int32_t*)(void*)c->output;
    for (uint32_t first = share.begin; first < share.end; first += kRows) {
        const uint8_t* rows[kRows];
        uint32_t sums[kRows];
        FOR_EACH_CHANNEL(i) {  // beyond the share the last channel is computed again
            const uint32_t channel = p_minu(first + i, share.end - 1);
            rows[i] = c->weights + channel * c->weight_pitch;
            sums[i] =
                (uint32_t)(continues ? output[channel] : c->requantisation.scales[channel].bias);
        }
        multiply(c, rows, quads, sums);
        for (uint32_t i = 0; i < kRows && first + i < share.end; ++i) {
            output[first + i] = (int32_t)sums[i];
        }
    }
}
