// SPDX-License-Identifier: Apache-2.0
// The matrix product of matmul.c on all clusters of the chip: each takes a share of the pixels, and
// a copy of the weights, into its own TCDM; L2 is the only thing that they share.
#include "flexv/flexv.h"
#include "matmul.h"
#include "matmul_data.h"
#include "share.h"

#include <stdio.h>
#include <stdlib.h>

FLEXV_REGION(1, "matmul");
FLEXV_REGION(2, "kernel");

// Pitches as in matmul.c: the four rows that a block reads in turn lie in four banks.
enum { kTilePixels = 24, kWeightBytes = kDepth / 2, kActivationPitch = kDepth + 16 };

FLEXV_TCDM_BSS static uint8_t* activations;
FLEXV_TCDM_BSS static uint8_t* tile_output;
FLEXV_TCDM_BSS static uint8_t* weights;
FLEXV_TCDM_BSS static struct ChannelScale* scales;

FLEXV_NOINIT static uint32_t output[kPixels * kChannels / 4];
static volatile uint32_t wrong_words[MAX_CLUSTERS];

static void allocate(void) {
    activations = l1_alloc(kTilePixels * kActivationPitch);
    tile_output = l1_alloc(kTilePixels * kChannels);
    weights = l1_alloc(kChannels * kWeightBytes);
    scales = l1_alloc(kChannels * sizeof(struct ChannelScale));
    if (scales == NULL) {
        printf("matmul_clusters: TCDM of %u bytes is too small\n", (unsigned)flexv_team.tcdm_bytes);
        exit(2);
    }
}

static void bring_in_constants(void) {
    const DmaTransfer first = dma_start_in(weights, matmul_weights, kChannels * kWeightBytes);
    const DmaTransfer second =
        dma_start_in(scales, matmul_scales, kChannels * sizeof(struct ChannelScale));
    dma_wait(first);
    dma_wait(second);
}

static void bring_in(uint32_t first_pixel, uint32_t pixels) {
    const struct DmaShape flat = {0, 0};
    const struct DmaShape rows = {kDepth, kActivationPitch};
    const uint8_t* const source = (const uint8_t*)matmul_activations + first_pixel * kDepth;
    dma_wait(dma_start_2d(DMA_TO_TCDM, activations, rows, source, flat, pixels * kDepth));
}

static void take_out(uint32_t first_pixel, uint32_t pixels) {
    uint8_t* const target = (uint8_t*)output + first_pixel * kChannels;
    dma_wait(dma_start_out(target, tile_output, pixels * kChannels));
}

static void compute(uint32_t pixels) {
    const struct Matmul tile = {.precision = {8, 4, 8, false, false},
                                .activations = activations,
                                .weights = weights,
                                .output = tile_output,
                                .requantisation = {scales, kShift},
                                .activation_pitch = kActivationPitch,
                                .weight_pitch = kWeightBytes,
                                .output_pitch = kChannels,
                                .depth = kDepth,
                                .pixels = pixels,
                                .channels = kChannels};
    FLEXV_REGION_BEGIN(2);
    matmul(&tile, core_id(), core_count());
    FLEXV_REGION_END(2);
}

// The cluster's share, tile by tile.
static void run_share(void) {
    if (core_id() == 0) {
        bring_in_constants();
    }
    const struct Range share = share_of(kPixels, cluster_id(), cluster_count());
    for (uint32_t pixel = share.begin; pixel < share.end; pixel += kTilePixels) {
        const uint32_t pixels = p_minu(share.end - pixel, kTilePixels);
        if (core_id() == 0) {
            bring_in(pixel, pixels);
        }
        barrier();
        compute(pixels);
        barrier();
        if (core_id() == 0) {
            take_out(pixel, pixels);
        }
    }
}

// Core 0 of each cluster compares a part that another cluster may have computed.
static void check_output(void) {
    const uint32_t count = sizeof output / sizeof output[0];
    uint32_t wrong = 0;
    for (uint32_t i = cluster_id(); i < count; i += cluster_count()) {
        wrong += output[i] != matmul_expected[i];
    }
    wrong_words[cluster_id()] = wrong;
}

static uint32_t all_wrong_words(void) {
    uint32_t sum = 0;
    for (uint32_t cluster = 0; cluster < cluster_count(); ++cluster) {
        sum += wrong_words[cluster];
    }
    return sum;
}

int main(void) {
    if (core_id() == 0) {
        allocate();
    }
    clusters_barrier();
    if (core_id() == 0) {
        timer_restart();
    }
    FLEXV_REGION_BEGIN(1);
    run_share();
    clusters_barrier();
    FLEXV_REGION_END(1);
    const uint32_t cycles = timer_cycles();
    if (core_id() == 0) {
        check_output();
    }
    clusters_barrier();
    const uint32_t wrong = all_wrong_words();
    if (core_id() == 0 && cluster_id() == 0) {
        printf("matmul a8w4 %u x %u x %u on %u clusters of %u cores: %u cycles\n",
               (unsigned)kPixels, (unsigned)kChannels, (unsigned)kDepth, (unsigned)cluster_count(),
               (unsigned)core_count(), (unsigned)cycles);
        printf(wrong == 0 ? "PASS: %u results equal the golden ones\n"
                          : "FAIL: %u words of 4 results differ from the golden ones\n",
               (unsigned)(wrong == 0 ? kPixels * kChannels : wrong));
    }
    return wrong == 0 ? 0 : 1;
}
