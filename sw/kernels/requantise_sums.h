// SPDX-License-Identifier: Apache-2.0
// From sums of 32 bits to packed results: the last step of a product whose depth was divided.
#ifndef FLEXV_REQUANTISE_SUMS_H
#define FLEXV_REQUANTISE_SUMS_H

#include "matmul.h"

struct SumsLayer {
    const int32_t* sums;  ///< [pixels][channels], from start_sums() on
    uint8_t* output;      ///< [pixels][channels] of `bits`
    const struct ChannelScale* scales;
    uint32_t pixels, channels;  ///< channels a multiple of 4
    uint32_t bits, shift;       ///< 8, 4 or 2; 0..31
    int32_t low, high;          ///< results are clipped to this
};

/// Fills the sums with what they start from. Computes the share of `worker`; a barrier has to
/// follow.
void start_sums(const struct SumsLayer* layer, int32_t* sums, uint32_t worker, uint32_t workers);

/// The share of `worker` of the results: as the kernels of the library requantise.
void requantise_sums(const struct SumsLayer* layer, uint32_t worker, uint32_t workers);

#endif
