// SPDX-License-Identifier: Apache-2.0
// The main demo: a matrix product that lies in L2 and is computed tile by tile in the TCDM. While
// the cores compute one tile, the DMA brings the next one in and takes the previous result out. The
// size of the tiles follows from the size of the TCDM.
#include "matmul.h"
#include "flexv/flexv.h"
#include "matmul_data.h"

#include <stdio.h>
#include <stdlib.h>

FLEXV_REGION(1, "matmul");
FLEXV_REGION(2, "kernel");

struct Tiling {
    uint32_t pixels;    // of a tile, several of 4
    uint32_t channels;  // whose weights stay in the TCDM while all pixels pass by
};

static const struct Tiling tilings[] = {{24, kChannels}, {16, 64}, {8, 32}, {4, 16}};

// Pitches of 4 or 12 words modulo 16: the four rows that a block reads in turn lie in four banks.
enum { kWeightBytes = kDepth / 2, kWeightPitch = kWeightBytes, kActivationPitch = kDepth + 16 };

// Half of a double buffer.
struct TileBuffer {
    uint8_t* activations;
    uint8_t* output;
    DmaTransfer bring_in, take_out;
};

FLEXV_TCDM_BSS static struct Tiling tiling;
FLEXV_TCDM_BSS static struct TileBuffer buffers[2];
FLEXV_TCDM_BSS static uint8_t* weights;
FLEXV_TCDM_BSS static struct ChannelScale* scales;
FLEXV_TCDM_BSS static volatile uint32_t wrong_words[16];  // by core

FLEXV_NOINIT static uint32_t output[kPixels * kChannels / 4];

static size_t bytes_for(const struct Tiling* t) {
    const size_t constants = t->channels * (kWeightPitch + sizeof(struct ChannelScale));
    const size_t alignment = 6 * 16;
    return constants + 2 * t->pixels * (kActivationPitch + t->channels) + alignment;
}

// The largest tiles that fit.
static void choose_tiling(void) {
    for (uint32_t i = 0; i < sizeof tilings / sizeof tilings[0]; ++i) {
        if (bytes_for(&tilings[i]) <= l1_free_bytes()) {
            tiling = tilings[i];
            return;
        }
    }
    printf("matmul: TCDM of %u bytes is too small\n", (unsigned)flexv_team.tcdm_bytes);
    exit(2);
}

static void allocate_buffers(void) {
    for (uint32_t half = 0; half < 2; ++half) {
        buffers[half].activations = l1_alloc(tiling.pixels * kActivationPitch);
        buffers[half].output = l1_alloc(tiling.pixels * tiling.channels);
    }
    weights = l1_alloc(tiling.channels * kWeightPitch);
    scales = l1_alloc(tiling.channels * sizeof(struct ChannelScale));
}

static uint32_t tile_count(void) { return (kPixels + tiling.pixels - 1) / tiling.pixels; }

static uint32_t pixels_of(uint32_t index) {
    const uint32_t left = kPixels - index * tiling.pixels;
    return left < tiling.pixels ? left : tiling.pixels;
}

static void bring_in(uint32_t index) {
    struct TileBuffer* const buffer = &buffers[index & 1];
    const struct DmaShape flat = {0, 0};
    const struct DmaShape rows = {kDepth, kActivationPitch};
    const uint8_t* const source =
        (const uint8_t*)matmul_activations + index * tiling.pixels * kDepth;
    buffer->bring_in = dma_start_2d(DMA_TO_TCDM, buffer->activations, rows, source, flat,
                                    pixels_of(index) * kDepth);
}

static void take_out(uint32_t first_channel, uint32_t index) {
    struct TileBuffer* const buffer = &buffers[index & 1];
    uint8_t* const target = (uint8_t*)output + index * tiling.pixels * kChannels + first_channel;
    const uint32_t bytes = pixels_of(index) * tiling.channels;
    const struct DmaShape flat = {0, 0};
    const struct DmaShape rows = {tiling.channels, kChannels};
    buffer->take_out = dma_start_2d(DMA_TO_EXTERNAL, buffer->output, flat, target,
                                    tiling.channels == kChannels ? flat : rows, bytes);
}

// Weights and scales of a group of channels, and the first tile.
static void bring_in_constants(uint32_t first_channel) {
    const struct DmaShape flat = {0, 0};
    const struct DmaShape rows = {kWeightBytes, kWeightPitch};
    const uint8_t* const source = (const uint8_t*)matmul_weights + first_channel * kWeightBytes;
    const DmaTransfer first =
        dma_start_2d(DMA_TO_TCDM, weights, rows, source, flat, tiling.channels * kWeightBytes);
    const DmaTransfer second =
        dma_start_in(scales, (const struct ChannelScale*)matmul_scales + first_channel,
                     tiling.channels * sizeof(struct ChannelScale));
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
                                .output_pitch = tiling.channels,
                                .depth = kDepth,
                                .pixels = pixels_of(index),
                                .channels = tiling.channels};
    FLEXV_REGION_BEGIN(2);
    matmul(&tile, core_id(), core_count());
    FLEXV_REGION_END(2);
}

// Core 0 keeps the DMA busy around the computation, and computes its share like the others.
static void process_tile(uint32_t first_channel, uint32_t index) {
    const int moves_data = core_id() == 0;
    const int is_last = index + 1 == tile_count();
    if (moves_data && !is_last) {
        bring_in(index + 1);
    }
    compute(index);
    barrier();  // the result of this tile is complete
    if (moves_data) {
        if (index >= 1) {
            dma_wait(buffers[(index - 1) & 1].take_out);
        }
        take_out(first_channel, index);
        if (!is_last) {
            dma_wait(buffers[(index + 1) & 1].bring_in);
        }
    }
    barrier();  // the operands of the next tile have arrived
}

// All pixels of the channels from `first_channel` on.
static void run_group(uint32_t first_channel) {
    if (core_id() == 0) {
        bring_in_constants(first_channel);
    }
    barrier();
    const uint32_t tiles = tile_count();
    for (uint32_t index = 0; index < tiles; ++index) {
        process_tile(first_channel, index);
    }
    if (core_id() == 0) {
        dma_wait(buffers[(tiles - 1) & 1].take_out);
    }
    barrier();
}

static void run_job(void) {
    FLEXV_REGION_BEGIN(1);
    for (uint32_t channel = 0; channel < kChannels; channel += tiling.channels) {
        run_group(channel);
    }
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
        choose_tiling();
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
