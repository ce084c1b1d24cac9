// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution: each channel with its own kernel. Narrow operands are widened to bytes.
// 3 x 3 with one stride of 1 or 2, at most a column of padding at each side and padding by zeros
// has a kernel of its own (depthwise_3x3.h). For other shapes each core transposes the inputs of
// some lines of four channels into its part of a workspace, where a row of a channel is a row of
// bytes: kernels of up to 14 words of taps, rows of up to 8, are computed in registers, larger ones
// in C.
#ifndef FLEXV_DEPTHWISE_H
#define FLEXV_DEPTHWISE_H

#include "matmul.h"
#include "window.h"

/// One layer, in the TCDM. Input, output and weights are aligned to four numbers.
struct Depthwise {
    struct Precision precision;
    struct Window window;
    const uint8_t* input;    ///< [height][width][channels]
    const uint8_t* weights;  ///< [channels][kernel_height][kernel_width], rows of weight_pitch
    uint8_t* output;         ///< [output height][output width][channels]
    struct Requantisation requantisation;
    uint32_t weight_pitch;  ///< bytes from channel to channel
    uint32_t filling;       ///< of the padding: a word of such bytes
    uint32_t lines;  ///< that are computed from one copy of their inputs, 1 and more: 4 are fast
    uint8_t* workspace;  ///< word-aligned, depthwise_workspace_bytes()
};

/// Bytes of `workspace` for `workers` cores; 0 where none is needed.
uint32_t depthwise_workspace_bytes(const struct Depthwise* layer, uint32_t workers);

/// Computes the share of `worker`. Refuses channels that are no multiple of 4. Reads up to three
/// pixels behind the input.
void depthwise(const struct Depthwise* layer, uint32_t worker, uint32_t workers);

#endif
