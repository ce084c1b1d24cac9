// SPDX-License-Identifier: Apache-2.0
// The main demo: a matrix product that lies in L2 and is computed tile by tile in the TCDM. While
// the cores compute one tile, the DMA brings the next one in and takes the previous result out.
#include "matmul.h"
#include "flexv/flexv.h"
#include "matmul_data.h"

#include <stdio.h>
#include <stdlib.h>

FLEXV_REGION(1, "matmul");
FLEXV_REGION(2, "kernel");

enum { kTilePixels = 24, kTiles = (kPixels + kTilePixels - 1) / kTilePixels };

// Pitches of 4 or 12 words modulo 16: the four rows that a block reads in turn lie in four banks.
enum { kWeightBytes = kDepth / 2, kWeightPitch = kWeightBytes, kActivationPitch = kDepth + 16 };

// Half of a double buffer.
struct TileBuffer {
    uint8_t* activations;
    uint8_t* output;
    DmaTransfer bring_in, take_out;
};

FLEXV_TCDM_BSS static struct TileBuffer buffers[2];
FLEXV_TCDM_BSS static uint8_t* weights;
FLEXV_TCDM_BSS static struct ChannelScale* scales;
FLEXV_TCDM_BSS static volatile uint32_t wrong_words[16];  // by core

FLEXV_NOINIT static uint32_t output[kPixels * kChannels / 4];

static void* allocate(size_t bytes) {
    void* const memory = l1_alloc(bytes);
    if (memory == NULL) {
        printf("matmul: TCDM of %u bytes is too small\n", (unsigned)flexv_team.tcdm_bytes);
        exit(2);
    }
    return memory;
}

static void allocate_buffers(void) {
    for (uint32_t half = 0; half < 2; ++half) {
        buffers[half].activations = allocate(kTilePixels * kActivationPitch);
        buffers[half].output = allocate(kTilePixels * kChannels);
    }
    weights = allocate(kChannels * kWeightPitch);
    scales = allocate(sizeof matmul_scales);
}

static uint32_t pixels_of(uint32_t index) {
    const uint32_t left = kPixels - index * kTilePixels;
    return left < kTilePixels ? left : kTilePixels;
}

static void bring_in(uint32_t index) {
    struct TileBuffer* const buffer = &buffers[index & 1];
    const struct DmaShape flat = {0, 0};
    const struct DmaShape rows = {kDepth, kActivationPitch};
    const uint8_t* const source = (const uint8_t*)matmul_activations + index * kTilePixels * kDepth;
    buffer->bring_in = dma_start_2d(DMA_TO_TCDM, buffer->activations, rows, source, flat,
                                    pixels_of(index) * kDepth);
}

static void take_out(uint32_t index) {
    struct TileBuffer* const buffer = &buffers[index & 1];
    uint8_t* const target = (uint8_t*)output + index * kTilePixels * kChannels;
    buffer->take_out = dma_start_out(target, buffer->output, pixels_of(index) * kChannels);
}

// Weights, scales and the first tile.
static void bring_in_constants(void) {
    const struct DmaShape flat = {0, 0};
    const struct DmaShape rows = {kWeightBytes, kWeightPitch};
    const DmaTransfer first =
        dma_start_2d(DMA_TO_TCDM, weights, rows, matmul_weights, flat, kChannels * kWeightBytes);
    const DmaTransfer second = dma_start_in(scales, matmul_scales, sizeof matmul_scales);
    bring_in(0);
    dma_wait(first);
    dma_wait(second);
    dma_wait(buffers[0].bring_in);
}

static void compute(uint32_t index) {
    const struct TileBuffer* const buffer = &buffers[index & 1];
    const struct Matmul tile = {.precision = {8, 4, 8, false, false},
                                .activations = buffer->activations,
                                .weights = weights,
                                .output = buffer->output,
                                .requantisation = {scales, kShift},
                                .activation_pitch = kActivationPitch,
                                .weight_pitch = kWeightPitch,
                                .output_pitch = kChannels,
                                .depth = kDepth,
                                .pixels = pixels_of(index),
                                .channels = kChannels};
    FLEXV_REGION_BEGIN(2);
    matmul(&tile, core_id(), core_count());
    FLEXV_REGION_END(2);
}

// Core 0 keeps the DMA busy around the computation, and computes its share like the others.
static void process_tile(uint32_t index) {
    const int moves_data = core_id() == 0;
    if (moves_data && index + 1 < kTiles) {
        bring_in(index + 1);
    }
    compute(index);
    barrier();  // the result of this tile is complete
    if (moves_data) {
        if (index >= 1) {
            dma_wait(buffers[(index - 1) & 1].take_out);
        }
        take_out(index);
        if (index + 1 < kTiles) {
            dma_wait(buffers[(index + 1) & 1].bring_in);
        }
    }
    barrier();  // the operands of the next tile have arrived
}

static void run_job(void) {
    FLEXV_REGION_BEGIN(1);
    if (core_id() == 0) {
        bring_in_constants();
    }
    barrier();
    for (uint32_t index = 0; index < kTiles; ++index) {
        process_tile(index);
    }
    if (core_id() == 0) {
        dma_wait(buffers[(kTiles - 1) & 1].take_out);
    }
    barrier();
    FLEXV_REGION_END(1);
}

// Each core compares its part with the golden result; returns the wrong words of all.
static uint32_t check_output(void) {
    const uint32_t count = sizeof output / sizeof output[0];
    uint32_t wrong = 0;
    for (uint32_t i = core_id(); i < count; i += core_count()) {
        wrong += output[i] != matmul_expected[i];
    }
    wrong_words[core_id()] = wrong;
    barrier();
    uint32_t sum = 0;
    for (uint32_t core = 0; core < core_count(); ++core) {
        sum += wrong_words[core];
    }
    return sum;
}

static void print_summary(uint32_t cycles, uint32_t wrong) {
    const uint32_t macs = (uint32_t)kPixels * kChannels * kDepth;
    const uint32_t hundredths = (uint32_t)(100ULL * macs / cycles);
    printf("matmul a8w4 %u x %u x %u on %u cores: %u cycles, %u.%02u MAC/cycle\n",
           (unsigned)kPixels, (unsigned)kChannels, (unsigned)kDepth, (unsigned)core_count(),
           (unsigned)cycles, (unsigned)(hundredths / 100), (unsigned)(hundredths % 100));
    if (wrong == 0) {
        printf("PASS: %u results equal the golden ones\n", (unsigned)(kPixels * kChannels));
    } else {
        printf("FAIL: %u words of 4 results differ from the golden ones\n", (unsigned)wrong);
    }
}

int main(void) {
    if (core_id() == 0) {
        allocate_buffers();
        timer_restart();
    }
    barrier();
    run_job();
    const uint32_t cycles = timer_cycles();
    const uint32_t wrong = check_output();
    if (core_id() == 0) {
        print_summary(cycles, wrong);
    }
    return wrong == 0 ? 0 : 1;
}
