// SPDX-License-Identifier: Apache-2.0
// Matrix product of 8-bit unsigned activations and 4-bit signed weights with 32-bit sums,
// requantised to 8 bits:
//   sum    = activations[p][0] * weights[c][0] + activations[p][1] * weights[c][1] + ...
//   output = (sum * multiplier[c] + bias[c]) >> shift, clipped to 0..255
#ifndef FLEXV_MATMUL_A8W4_H
#define FLEXV_MATMUL_A8W4_H

#include <stdint.h>

/// Requantisation of one output channel.
struct MatmulScale {
    int32_t multiplier;
    int32_t bias;
};

/// One product whose operands lie in the TCDM, because Mac&Load needs single-cycle memory.
struct MatmulTile {
    const uint8_t* activations;        ///< [pixels][depth], word-aligned
    const uint8_t* weights;            ///< [channels][depth / 2], low nibble first, word-aligned
    const struct MatmulScale* scales;  ///< [channels]
    uint8_t* output;                   ///< [pixels][channels]
    int32_t activation_pitch;          ///< bytes from pixel to pixel, a multiple of 4
    int32_t weight_pitch;              ///< bytes from channel to channel, a multiple of 4
    int32_t output_pitch;              ///< bytes from pixel to pixel
    int32_t depth;  ///< a positive multiple of 8; pad shorter rows with zero weights
    int32_t pixels;
    int32_t channels;
    int32_t shift;  ///< 0..31
};

/// Computes the share of `worker` (0 .. workers - 1) of a tile. Up to one word behind each row is
/// read and ignored. Shares may overlap at the edges, with equal results. Ends in legacy SIMD mode.
void matmul_a8w4(const struct MatmulTile* tile, uint32_t worker, uint32_t workers);

/// The same in plain C, one output at a time: for what is too small for the blocks, and for tests.
void matmul_a8w4_plain(const struct MatmulTile* tile, uint32_t worker, uint32_t workers);

#endif
