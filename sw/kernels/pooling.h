// SPDX-License-Identifier: Apache-2.0
// Average and max pooling. Padding never wins a maximum; in an average it counts as zeros.
#ifndef FLEXV_POOLING_H
#define FLEXV_POOLING_H

#include "window.h"

#include <stdbool.h>

/// One layer, in the TCDM. Input and output are aligned to four numbers.
struct Pooling {
    struct Window window;
    uint8_t bits;  ///< of inputs: 8, 4, 2
    bool is_signed;
    uint8_t output_bits;  ///< of an average; a maximum keeps those of its inputs
    bool output_signed;
    const uint8_t* input;  ///< [height][width][channels]
    uint8_t* output;       ///< [output height][output width][channels]
    int32_t multiplier;    ///< average: (sum * multiplier + bias) >> shift, clipped to the output's range
    int32_t bias;          ///< of an average, too
    uint32_t shift;
};

/// Compute the share of `worker`. Refuse channels that are no multiple of 4.
void average_pooling(const struct Pooling* layer, uint32_t worker, uint32_t workers);
void max_pooling(const struct Pooling* layer, uint32_t worker, uint32_t workers);

#endif
