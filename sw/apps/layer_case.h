// SPDX-License-Identifier: Apache-2.0
// One case of golden/layers_golden.py.
#ifndef FLEXV_LAYER_CASE_H
#define FLEXV_LAYER_CASE_H

#include <stdint.h>

enum LayerKind { kMatmul, kConv2d, kDepthwise, kAverage, kMaximum, kAdd };
enum { kInput, kWeights, kScales, kOutput, kBlocks };

/// Where a tensor lies in case_data.
struct Block {
    uint32_t word, bytes;
};

struct LayerCase {
    uint32_t kind;
    uint8_t a_bits, w_bits, o_bits, a_signed, b_signed, o_signed;
    uint16_t height, width, in_channels, out_channels;
    uint16_t kernel_height, kernel_width, stride_y, stride_x, pad_top, pad_left, pad_bottom,
        pad_right;
    uint16_t shift;
    uint32_t filling;  ///< of the padding, a word of numbers of a_bits
    int32_t factor_a, factor_b, bias;
    struct Block blocks[kBlocks];
};

#endif
