// SPDX-License-Identifier: Apache-2.0
// Splits the product into blocks of 4 pixels x 4 channels and gives each core an equal run of them;
// the blocks themselves are computed in matmul_a8w4_4x4.S.
#include "matmul_a8w4.h"

#include <stddef.h>

// The assembly knows these.
_Static_assert(offsetof(struct MatmulTile, output) == 12, "OUTPUT");
_Static_assert(offsetof(struct MatmulTile, output_pitch) == 24, "OUTPUT_PITCH");
_Static_assert(offsetof(struct MatmulTile, depth) == 28, "DEPTH");
_Static_assert(offsetof(struct MatmulTile, shift) == 40, "SHIFT");
_Static_assert(sizeof(struct MatmulScale) == 8, "scales are read as pairs of words");

enum { kBlock = 4 };

// Computes `blocks` neighbouring blocks; the first starts at `pixel`, `channel`.
void matmul_a8w4_blocks(const struct MatmulTile* tile, uint32_t pixel, uint32_t channel,
                        uint32_t blocks);

struct Range {
    uint32_t begin, end;
};

static struct Range share_of(uint32_t total, uint32_t worker, uint32_t workers) {
    return (struct Range){total * worker / workers, total * (worker + 1) / workers};
}

// Start of block `index`: the last one is moved back to end at the edge, and repeats results there.
static uint32_t block_start(uint32_t index, uint32_t size) {
    const uint32_t start = kBlock * index;
    return start + kBlock <= size ? start : size - kBlock;
}

// Blocks first .. last - 1 of one row of blocks.
static void compute_row(const struct MatmulTile* tile, uint32_t pixel, uint32_t first,
                        uint32_t last) {
    const uint32_t channels = (uint32_t)tile->channels;
    const uint32_t whole = channels / kBlock;
    const uint32_t end = last < whole ? last : whole;
    if (first < end) {
        matmul_a8w4_blocks(tile, pixel, kBlock * first, end - first);
    }
    if (last > whole) {
        matmul_a8w4_blocks(tile, pixel, block_start(last - 1, channels), 1);
    }
}

void matmul_a8w4(const struct MatmulTile* tile, uint32_t worker, uint32_t workers) {
    const uint32_t pixels = (uint32_t)tile->pixels;
    if (pixels < kBlock || tile->channels < kBlock) {
        matmul_a8w4_plain(tile, worker, workers);
        return;
    }
    const uint32_t blocks_per_row = ((uint32_t)tile->channels + kBlock - 1) / kBlock;
    const uint32_t rows = (pixels + kBlock - 1) / kBlock;
    const struct Range share = share_of(rows * blocks_per_row, worker, workers);
    uint32_t row = share.begin / blocks_per_row;
    uint32_t first = share.begin % blocks_per_row;
    for (uint32_t left = share.end - share.begin; left != 0; ++row, first = 0) {
        const uint32_t rest = blocks_per_row - first;
        const uint32_t count = left < rest ? left : rest;
        compute_row(tile, block_start(row, pixels), first, first + count);
        left -= count;
    }
}

static int32_t weight_at(const uint8_t* row, int32_t index) {
    const int32_t nibble = (row[index / 2] >> (4 * (index & 1))) & 15;
    return nibble - ((nibble & 8) << 1);
}

static uint8_t output_at(const struct MatmulTile* tile, int32_t pixel, int32_t channel) {
    const uint8_t* const activations = tile->activations + pixel * tile->activation_pitch;
    const uint8_t* const weights = tile->weights + channel * tile->weight_pitch;
    const struct MatmulScale* const scale = &tile->scales[channel];
    int32_t sum = 0;
    for (int32_t k = 0; k < tile->depth; ++k) {
        sum += activations[k] * weight_at(weights, k);
    }
    const int32_t value = (sum * scale->multiplier + scale->bias) >> tile->shift;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void matmul_a8w4_plain(const struct MatmulTile* tile, uint32_t worker, uint32_t workers) {
    const struct Range share = share_of((uint32_t)(tile->pixels * tile->channels), worker, workers);
    for (uint32_t i = share.begin; i < share.end; ++i) {
        const int32_t pixel = (int32_t)i / tile->channels;
        const int32_t channel = (int32_t)i % tile->channels;
        tile->output[pixel * tile->output_pitch + channel] = output_at(tile, pixel, channel);
    }
}
