// SPDX-License-Identifier: Apache-2.0
// MatMul throughput of BENCH_PIXELS pixels x 64 channels x depth 288 in the TCDM for six
// precisions. The code is in the caches from a first run; then a region runs from a synchronised
// start to behind the closing barrier; its results are compared with plain C at every eighth
// output.
#include "flexv/flexv.h"
#include "matmul.h"
#include "packed.h"

#include <stdio.h>

FLEXV_REGION(1, "a8w8");
FLEXV_REGION(2, "a8w4");
FLEXV_REGION(3, "a8w2");
FLEXV_REGION(4, "a4w4");
FLEXV_REGION(5, "a4w2");
FLEXV_REGION(6, "a2w2");

enum { kPixels = BENCH_PIXELS, kChannels = 64, kDepth = 288 };
enum { kRowBytes = kDepth + 64 };  // with the largest pitch

#define ROW_OF_BANKS __attribute__((aligned(64)))
FLEXV_TCDM_BSS ROW_OF_BANKS static uint32_t activations[kPixels * kRowBytes / 4];
FLEXV_TCDM_BSS ROW_OF_BANKS static uint32_t weights[kChannels * kRowBytes / 4 + kMatmulSkewWords];
FLEXV_TCDM_BSS ROW_OF_BANKS static uint32_t output[kPixels * kChannels / 4];
FLEXV_TCDM_BSS ROW_OF_BANKS static struct ChannelScale scales[kChannels];
FLEXV_TCDM_BSS static volatile uint32_t wrong_outputs[16];  // by core

// A step of Marsaglia's xorshift32.
static uint32_t random_word(void) {
    static FLEXV_TCDM_DATA uint32_t state = 0x2545F491;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static void fill(uint32_t* words, uint32_t bytes) {
    for (uint32_t i = 0; i < bytes / 4; ++i) {
        words[i] = random_word();
    }
}

static struct Matmul matmul_of(uint32_t activation_bits, uint32_t weight_bits) {
    const struct Precision precision = {(uint8_t)activation_bits, (uint8_t)weight_bits,
                                        (uint8_t)activation_bits, false, false};
    const uint32_t shift = activation_bits == 8 ? 20 : 24;
    return (struct Matmul){
        .precision = precision,
        .activations = (const uint8_t*)activations,
        .weights = (const uint8_t*)(weights + kMatmulSkewWords),
        .output = (uint8_t*)output,
        .requantisation = {scales, shift},
        .activation_pitch = matmul_pitch(kDepth * activation_bits / 8),
        .weight_pitch = matmul_pitch(matmul_weight_bytes(&precision, kDepth)),
        .output_pitch = kChannels * activation_bits / 8,
        .depth = kDepth,
        .pixels = kPixels,
        .channels = kChannels,
    };
}

// Multipliers that spread the results over their range. A sum is about as large as the square root
// of the depth times a typical product.
static void fill_operands(const struct Matmul* m) {
    const struct Precision* const p = &m->precision;
    fill(activations, sizeof activations);
    fill(weights, sizeof weights);
    const uint32_t typical_sum = 8u << (p->activation_bits + p->weight_bits - 2);
    const uint32_t product = 1u << (m->requantisation.shift + p->output_bits - 1);
    for (uint32_t i = 0; i < kChannels; ++i) {
        const uint32_t multiplier = product / typical_sum;
        scales[i] = (struct ChannelScale){(int32_t)(random_word() % typical_sum),
                                          (int32_t)(multiplier - random_word() % (multiplier / 4))};
    }
}

static uint32_t count_wrong(const struct Matmul* m) {
    uint32_t wrong = 0;
    for (uint32_t i = 8 * core_id(); i < kPixels * kChannels; i += 8 * core_count() + 1) {
        const uint32_t pixel = i / kChannels;
        const uint32_t channel = i % kChannels;
        const uint8_t* const row = m->output + pixel * m->output_pitch;
        wrong += packed_get(row, channel, m->precision.output_bits, false) !=
                 matmul_output(m, pixel, channel);
    }
    return wrong;
}

static uint32_t sum_over_cores(uint32_t own) {
    wrong_outputs[core_id()] = own;
    barrier();
    uint32_t sum = 0;
    for (uint32_t core = 0; core < core_count(); ++core) {
        sum += wrong_outputs[core];
    }
    barrier();
    return sum;
}

static void print_result(const struct Matmul* m, uint32_t cycles, uint32_t wrong) {
    const uint32_t hundredths = (uint32_t)(100ULL * kPixels * kChannels * kDepth / cycles);
    printf("a%uw%u: %u cycles, %u.%02u MAC/cycle, %s\n", m->precision.activation_bits,
           m->precision.weight_bits, (unsigned)cycles, (unsigned)(hundredths / 100),
           (unsigned)(hundredths % 100), wrong == 0 ? "right" : "WRONG");
}

#define RUN(region, activation_bits, weight_bits)                        \
    do {                                                                 \
        const struct Matmul m = matmul_of(activation_bits, weight_bits); \
        prepare(&m);                                                     \
        barrier();                                                       \
        matmul(&m, core_id(), core_count());                             \
        restart();                                                       \
        barrier();                                                       \
        FLEXV_REGION_BEGIN(region);                                      \
        matmul(&m, core_id(), core_count());                             \
        barrier();                                                       \
        FLEXV_REGION_END(region);                                        \
        failures += finish(&m);                                          \
    } while (0)

static void prepare(const struct Matmul* m) {
    if (core_id() == 0) {
        fill_operands(m);
    }
}

static void restart(void) {
    if (core_id() == 0) {
        timer_restart();
    }
}

static uint32_t finish(const struct Matmul* m) {
    const uint32_t cycles = timer_cycles();
    const uint32_t wrong = sum_over_cores(count_wrong(m));
    if (core_id() == 0) {
        print_result(m, cycles, wrong);
    }
    return wrong != 0;
}

int main(void) {
    uint32_t failures = 0;
    RUN(1, 8, 8);
    RUN(2, 8, 4);
    RUN(3, 8, 2);
    RUN(4, 4, 4);
    RUN(5, 4, 2);
    RUN(6, 2, 2);
    return (int)failures;
}
