// SPDX-License-Identifier: Apache-2.0
// The blocked kernel against the plain one for sizes that do not fill its blocks. Returns the
// number of the first size that fails, or 0.
#include "flexv/flexv.h"
#include "matmul_a8w4.h"

#include <stdio.h>

enum { kMaxPixels = 17, kMaxChannels = 16, kMaxDepth = 72 };
enum { kActivationPitch = kMaxDepth + 4, kWeightPitch = kMaxDepth / 2 + 4 };

struct Size {
    int32_t pixels, channels, depth;
};

static const struct Size sizes[] = {{4, 4, 8}, {13, 10, 40}, {5, 7, 16},  {3, 9, 24},  {6, 3, 8},
                                    {1, 1, 8}, {17, 16, 72}, {4, 15, 64}, {16, 5, 32}, {7, 4, 56}};

FLEXV_TCDM_BSS static uint32_t activations[kMaxPixels * kActivationPitch / 4];
FLEXV_TCDM_BSS static uint32_t weights[kMaxChannels * kWeightPitch / 4];
FLEXV_TCDM_BSS static struct MatmulScale scales[kMaxChannels];
FLEXV_TCDM_BSS static uint8_t blocked[kMaxPixels * kMaxChannels];
FLEXV_TCDM_BSS static uint8_t plain[kMaxPixels * kMaxChannels];

static uint32_t random_word(void) {
    static uint32_t state = 0x12345678;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static void fill_inputs(void) {
    for (uint32_t i = 0; i < sizeof activations / sizeof activations[0]; ++i) {
        activations[i] = random_word();
    }
    for (uint32_t i = 0; i < sizeof weights / sizeof weights[0]; ++i) {
        weights[i] = random_word();
    }
    for (uint32_t i = 0; i < kMaxChannels; ++i) {
        scales[i] = (struct MatmulScale){(int32_t)(random_word() % 100) - 20,
                                         (int32_t)(random_word() & 0xFFFFF)};
    }
}

static void compute(const struct Size* size, uint8_t* output,
                    void (*kernel)(const struct MatmulTile*, uint32_t, uint32_t)) {
    const struct MatmulTile tile = {.activations = (const uint8_t*)activations,
                                    .weights = (const uint8_t*)weights,
                                    .scales = scales,
                                    .output = output,
                                    .activation_pitch = kActivationPitch,
                                    .weight_pitch = kWeightPitch,
                                    .output_pitch = size->channels,
                                    .depth = size->depth,
                                    .pixels = size->pixels,
                                    .channels = size->channels,
                                    .shift = 12};
    kernel(&tile, core_id(), core_count());
    barrier();
}

static int results_differ(const struct Size* size) {
    compute(size, blocked, matmul_a8w4);
    compute(size, plain, matmul_a8w4_plain);
    int differ = 0;
    for (int32_t i = 0; i < size->pixels * size->channels; ++i) {
        differ |= blocked[i] != plain[i];
    }
    barrier();
    return differ;
}

int main(void) {
    if (core_id() == 0) {
        fill_inputs();
    }
    barrier();
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; ++i) {
        if (results_differ(&sizes[i])) {
            printf("FAIL: %d x %d x %d\n", (int)sizes[i].pixels, (int)sizes[i].channels,
                   (int)sizes[i].depth);
            return (int)i + 1;
        }
    }
    if (core_id() == 0) {
        printf("PASS: %u sizes\n", (unsigned)(sizeof sizes / sizeof sizes[0]));
    }
    return 0;
}
