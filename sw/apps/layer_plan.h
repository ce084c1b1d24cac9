// SPDX-License-Identifier: Apache-2.0
// One layer of golden/layer_plan.py: square input and kernel, and the tiles that it is computed in.
#ifndef FLEXV_LAYER_PLAN_H
#define FLEXV_LAYER_PLAN_H

#include <stdint.h>

struct LayerPlan {
    uint16_t size, in_channels, out_channels, out_size;
    uint8_t kernel, stride, pad_before, pad_after;
    uint8_t a_bits, w_bits, o_bits, is_depthwise;
    uint16_t tile_rows, tile_channels;  ///< of the output
};

#endif
