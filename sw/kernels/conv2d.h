// SPDX-License-Identifier: Apache-2.0
// 2D convolution of packed tensors [height][width][channels], any kernel size, strides and padding
// with any number: each core copies the inputs of 8 or 16 output pixels at a time into rows of its
// own (im2col) and multiplies them. Where an input pixel is a row already (1 x 1, stride 1, whole
// words) nothing is copied.
#ifndef FLEXV_CONV2D_H
#define FLEXV_CONV2D_H

#include "matmul.h"

/// One layer. Everything lies in the TCDM.
struct Conv2d {
    struct Precision precision;
    const uint8_t* input;    ///< [height][width][input_channels]; pixels are whole bytes
    const uint8_t* weights;  ///< [output_channels][kernel_height][kernel_width][input_channels],
                             ///< rows of conv2d_weight_bytes(), word-aligned
    uint8_t* output;  ///< [output height][output width][output_channels], pixels of whole bytes
    struct Requantisation requantisation;
    uint32_t weight_pitch;  ///< bytes from output channel to output channel, a multiple of 4
    uint32_t height, width, input_channels, output_channels;
    uint32_t kernel_height, kernel_width, stride_y, stride_x;
    uint32_t pad_top, pad_left, pad_bottom, pad_right;
    uint32_t filling;    ///< of the padding: a word of such numbers, each of activation_bits
    uint32_t group;      ///< pixels that a core copies at a time; 0: 8
    int32_t start;       ///< outputs of 32 bits: as in struct Matmul
    uint8_t* workspace;  ///< word-aligned, conv2d_workspace_bytes(); not used by pointwise layers
};

static inline uint32_t conv2d_output_height(const struct Conv2d* c) {
    return (c->height + c->pad_top + c->pad_bottom - c->kernel_height) / c->stride_y + 1;
}
static inline uint32_t conv2d_output_width(const struct Conv2d* c) {
    return (c->width + c->pad_left + c->pad_right - c->kernel_width) / c->stride_x + 1;
}

/// Bytes of a row of weights, with its zeros at the end (matmul_weight_bytes).
uint32_t conv2d_weight_bytes(const struct Conv2d* conv);

/// Bytes of `workspace` for `workers` cores.
uint32_t conv2d_workspace_bytes(const struct Conv2d* conv, uint32_t workers);

/// Computes the share of `worker` (0 .. workers - 1). Input pixels that are not whole words are
/// copied byte by byte, which is slower; those that are not whole bytes are refused.
void conv2d(const struct Conv2d* conv, uint32_t worker, uint32_t workers);

#endif
