// SPDX-License-Identifier: Apache-2.0
// A network as a table of layers, and the runtime that computes them tile by tile: the DMA brings
// in the next tile's operands and takes out the results before while all cores compute. Tables come
// from scripts/deploy; shapes and tiles are checked there.
#ifndef FLEXV_NETWORK_H
#define FLEXV_NETWORK_H

#include "matmul.h"

enum NetworkKind {
    kNetworkConvolution,  ///< dense, pointwise and fully connected layers
    kNetworkDepthwise,
    kNetworkSums,  ///< a dense layer whose result is the sum + bias itself, 32 bits
    kNetworkAverage,
    kNetworkMaximum,
    kNetworkAdd,
};

/// One operand or result: packed numbers [height][width][channels] in L2.
struct NetworkTensor {
    uint8_t* data;
    uint32_t
        pitch;     ///< bytes from pixel to pixel; more than a pixel has where it is part of another
    uint8_t bits;  ///< 8, 4, 2; 32 for sums
    bool is_signed;
};

/// Weights of a channel tile of which a part has been brought into L2 ahead of time: the first
/// `bytes` lie at `staged`, the rest where the layer's weights lie.
struct NetworkBlock {
    const uint8_t* staged;
    uint32_t bytes;
};

/// A piece of weights on its way from external memory into L2, over the TCDM: read while tile
/// `tile` of the network is computed, written while the next one is.
struct NetworkPiece {
    const uint8_t* from;
    uint8_t* to;
    uint32_t via;   ///< in the arena
    uint32_t tile;  ///< counted over all layers; ascending, at most one piece a tile
    uint32_t bytes;
};

/// An operand of the first tile of the next layer, which comes while a layer's last tile is
/// computed.
struct NetworkAhead {
    const uint8_t* from;
    uint32_t to;             ///< in the arena
    uint32_t pixels, bytes;  ///< bytes of each of them; no pixels: there is none
    uint32_t pitch;          ///< from pixel to pixel where they come from
};

/// Everything that is brought in ahead of time, over `arena`.
struct NetworkStream {
    const struct NetworkPiece* pieces;
    uint32_t count;
    uint8_t* arena;
};

/// Places in the TCDM, bytes from the arena's start; two of what the DMA moves while cores compute.
struct NetworkPlaces {
    uint32_t input[2], second[2], output[2], weights[2], scales[2], workspace;
    uint32_t bytes;    ///< results before they are packed
    uint32_t sums[2];  ///< of a tile whose input channels come in parts
};

struct NetworkLayer {
    enum NetworkKind kind;
    struct NetworkTensor input, second, output;  ///< `second` of an addition
    const uint8_t* weights;                      ///< [out_channels] rows of `weight_bytes`, in L2
    const struct ChannelScale* scales;           ///< [out_channels]; biases alone for sums
    const struct NetworkBlock*
        blocks;  ///< [channel tile][input part] where weights are staged, else NULL
    uint8_t weight_bits, shift;
    uint16_t height, width, channels;              ///< of the input
    uint16_t out_height, out_width, out_channels;  ///< of the output
    uint8_t kernel_height, kernel_width, stride_y, stride_x;
    uint8_t pad_top, pad_left, pad_bottom, pad_right;
    int16_t filling;    ///< the number that padding of a layer with weights is
    uint8_t group;      ///< of a convolution as in struct Conv2d; of a depthwise layer its lines
    int16_t low, high;  ///< results are clipped to this; both 0: to all that there are
    bool is_narrowed;   ///< the kernel writes bytes, which are packed behind it
    int32_t factor_a, factor_b, bias;     ///< addition; factor_a and bias also of an average
    uint32_t weight_bytes;                ///< a row of weights in L2
    uint32_t last_weight_bytes;           ///< that of the last part of the input channels
    uint32_t weight_pitch;                ///< and from row to row in the TCDM
    uint16_t tile_rows, tile_channels;    ///< of the output
    uint16_t first_rows, first_channels;  ///< of the first tile, which may be smaller
    uint16_t tile_inputs;                 ///< input channels; weights lie in L2 in such parts
    uint16_t row_tiles, input_parts;
    uint32_t tiles;
    bool
        is_prefetched;  ///< weights of the first tile come during the last tile of the layer before
    bool is_input_here;   ///< the first tile's input is there: it came then, or it is the result of
                          ///< the layer before, where that lies
    bool is_second_here;  ///< the same of the second operand
    bool is_result_awaited;  ///< the last tile's result is in memory when the layer ends; else
                             ///< when the next layer's first tile has been computed
    struct NetworkAhead ahead[2];  ///< input and second operand of the next layer
    struct NetworkPlaces places;
};

/// What a layer cost beside its cycles.
struct NetworkCost {
    uint32_t
        dma_wait_cycles;  ///< asleep because transfers of a kind had not ended; of the worst kind
    uint32_t external_wait_cycles;  ///< the same of pieces of weights
    uint32_t dma_bytes;
};

/// The tiles that are computed from now on are the first ones of `stream`, which stays in use;
/// NULL: there is none. Called by core 0.
void network_start(const struct NetworkStream* stream);

/// Computes one layer; every core calls it. `next` is the layer behind it, or NULL. `arena` is the
/// TCDM that `places` refers to.
void network_run_layer(const struct NetworkLayer* layer, const struct NetworkLayer* next,
                       uint8_t* arena, struct NetworkCost* cost);

/// Two sums over the bytes of a layer's result, which differ when two bytes are exchanged, too: for
/// the comparison with the evaluator. Called by one core.
struct NetworkChecksum {
    uint32_t sum, weighted;
};
struct NetworkChecksum network_checksum(const struct NetworkLayer* layer);

#endif
