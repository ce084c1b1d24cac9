// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution: each channel with its own kernel. Narrow operands are widened to bytes;
// the taps of a channel are collected by transposing bytes. 3 x 3 with stride 1 or 2 and at most a
// column of padding at each side has a kernel in assembly (depthwise_3x3.h); other shapes are
// slower.
#ifndef FLEXV_DEPTHWISE_H
#define FLEXV_DEPTHWISE_H

#include "matmul.h"
#include "window.h"

/// kernel_width * kernel_height, the height rounded up to a multiple of 4.
enum { kDepthwiseMaxTaps = 64 };

/// One layer, in the TCDM. Input, output and weights are aligned to four numbers.
struct Depthwise {
    struct Precision precision;
    struct Window window;
    const uint8_t* input;    ///< [height][width][channels]
    const uint8_t* weights;  ///< [channels][kernel_height][kernel_width], rows of weight_pitch
    uint8_t* output;         ///< [output height][output width][channels]
    struct Requantisation requantisation;
    uint32_t weight_pitch;  ///< bytes from channel to channel
};

/// Computes the share of `worker`. Refuses channels that are no multiple of 4, and larger kernels.
void depthwise(const struct Depthwise* layer, uint32_t worker, uint32_t workers);

#endif
