// SPDX-License-Identifier: Apache-2.0
#include "network.h"

#include "conv2d.h"
#include "depthwise.h"
#include "flexv/flexv.h"
#include "packed.h"
#include "pooling.h"
#include "quad.h"
#include "requantise_sums.h"
#include "residual_add.h"
#include "share.h"
#include "sums.h"

#include <stddef.h>

enum { kMaxTransfers = 4 };

// One tile: rows and channels of the output, and the rows and channels of the input that it needs.
// A result whose input channels come in parts is complete with the last one.
struct Tile {
    uint32_t row, rows;
    uint32_t channel, channels;
    uint32_t part;    // number of the channel tile
    uint32_t result;  // number of the tile, parts of the input channels not counted
    uint32_t in_part, in_channel, in_channels;
    bool is_first, is_last;  // part of the input channels
    uint32_t in_row, in_rows;
    uint32_t pad_top, pad_bottom;
};

struct Transfers {
    DmaTransfer ids[kMaxTransfers];
    uint32_t count;
    struct NetworkCost* cost;
};

static uint32_t packed_bytes(uint32_t count, uint32_t bits) { return count * bits / 8; }

// Layers whose channels stand alone read only the channels that they write.
static bool is_channelwise(const struct NetworkLayer* l) {
    return l->kind == kNetworkDepthwise || l->kind == kNetworkAverage ||
           l->kind == kNetworkMaximum || l->kind == kNetworkAdd;
}

static bool has_weights(const struct NetworkLayer* l) { return l->weights != 0; }

static void find_input_rows(const struct NetworkLayer* l, struct Tile* t) {
    const int32_t first = (int32_t)(t->row * l->stride) - l->pad_top;
    const int32_t end = first + (int32_t)((t->rows - 1) * l->stride + l->kernel_height);
    t->pad_top = first < 0 ? (uint32_t)-first : 0;
    t->pad_bottom = end > l->height ? (uint32_t)(end - l->height) : 0;
    t->in_row = (uint32_t)first + t->pad_top;
    t->in_rows = (uint32_t)(end - first) - t->pad_top - t->pad_bottom;
}

static void find_input_channels(const struct NetworkLayer* l, struct Tile* t, uint32_t in_part) {
    if (is_channelwise(l)) {
        t->in_channel = t->channel;
        t->in_channels = t->channels;
    } else {
        t->in_channel = in_part * l->tile_inputs;
        t->in_channels = p_minu(l->channels - t->in_channel, l->tile_inputs);
    }
    t->in_part = in_part;
    t->is_first = in_part == 0;
    t->is_last = in_part + 1 == l->input_parts;
}

// Tiles go through the input channels, then down the rows, then on to the next channels: weights
// whose input channels are not divided are brought in once.
static struct Tile tile_of(const struct NetworkLayer* l, uint32_t index) {
    struct Tile t = {.result = quotient(index, l->input_parts)};
    t.part = quotient(t.result, l->row_tiles);
    t.row = (t.result - t.part * l->row_tiles) * l->tile_rows;
    t.channel = t.part * l->tile_channels;
    t.rows = p_minu(l->out_height - t.row, l->tile_rows);
    t.channels = p_minu(l->out_channels - t.channel, l->tile_channels);
    find_input_rows(l, &t);
    find_input_channels(l, &t, index - t.result * l->input_parts);
    return t;
}

// --- computing

// Halves of the buffers: tiles alternate. Weights change with the channel tile, or with every tile
// where input channels are divided.
static uint32_t weights_half(const struct NetworkLayer* l, const struct Tile* t, uint32_t index) {
    return (l->input_parts == 1 ? t->part : index) & 1;
}

static struct Conv2d conv_of(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t,
                             uint32_t index) {
    const struct NetworkPlaces* const p = &l->places;
    return (struct Conv2d){
        .precision = {l->input.bits, l->weight_bits, l->is_narrowed ? 8 : l->output.bits,
                      l->input.is_signed, l->output.is_signed},
        .input = arena + p->input[index & 1],
        .weights = arena + p->weights[weights_half(l, t, index)],
        .output = arena + (l->is_narrowed ? p->bytes : p->output[t->result & 1]),
        .requantisation = {(const struct ChannelScale*)(arena + p->scales[t->part & 1]), l->shift,
                           l->low, l->high},
        .weight_pitch = l->weight_pitch,
        .height = t->in_rows,
        .width = l->width,
        .input_channels = t->in_channels,
        .output_channels = t->channels,
        .kernel_height = l->kernel_height,
        .kernel_width = l->kernel_width,
        .stride = l->stride,
        .pad_top = t->pad_top,
        .pad_left = l->pad_left,
        .pad_bottom = t->pad_bottom,
        .pad_right = l->pad_right,
        .workspace = arena + p->workspace};
}

static struct Window window_of(const struct NetworkLayer* l, const struct Tile* t) {
    return (struct Window){t->in_rows, l->width,   t->channels, l->kernel_height, l->kernel_width,
                           l->stride,  t->pad_top, l->pad_left, t->pad_bottom,    l->pad_right};
}

static void compute_depthwise(const struct Conv2d* c, const struct Window* window) {
    const struct Depthwise layer = {.precision = c->precision,
                                    .window = *window,
                                    .input = c->input,
                                    .weights = c->weights,
                                    .output = c->output,
                                    .requantisation = c->requantisation,
                                    .weight_pitch = c->weight_pitch};
    depthwise(&layer, core_id(), core_count());
}

static void compute_pooling(const struct NetworkLayer* l, const struct Conv2d* c,
                            const struct Window* window) {
    const struct Pooling layer = {.window = *window,
                                  .bits = l->input.bits,
                                  .is_signed = l->input.is_signed,
                                  .output_bits = l->output.bits,
                                  .output_signed = l->output.is_signed,
                                  .input = c->input,
                                  .output = c->output,
                                  .multiplier = l->factor_a,
                                  .bias = l->bias,
                                  .shift = l->shift};
    if (l->kind == kNetworkAverage) {
        average_pooling(&layer, core_id(), core_count());
    } else {
        max_pooling(&layer, core_id(), core_count());
    }
}

static void compute_add(const struct NetworkLayer* l, const struct Conv2d* c, const uint8_t* second,
                        const struct Tile* t) {
    const struct ResidualAdd layer = {.a = {l->input.bits, l->input.is_signed},
                                      .b = {l->second.bits, l->second.is_signed},
                                      .output = {l->output.bits, l->output.is_signed},
                                      .a_values = c->input,
                                      .b_values = second,
                                      .output_values = c->output,
                                      .multiplier_a = l->factor_a,
                                      .multiplier_b = l->factor_b,
                                      .bias = l->bias,
                                      .shift = l->shift,
                                      .count = t->rows * l->out_width * t->channels};
    residual_add(&layer, core_id(), core_count());
}

// Packs the bytes that a kernel has written.
static void narrow(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t) {
    const uint32_t bits = l->output.bits;
    uint8_t* const to = arena + l->places.output[t->result & 1];
    const struct Range share =
        share_of(t->rows * l->out_width * t->channels / 4, core_id(), core_count());
    barrier();  // the bytes are complete
    for (uint32_t i = share.begin; i < share.end; ++i) {
        const uint32_t quad = quad_load(arena + l->places.bytes + 4 * i, 8, false);
        quad_store(to + i * bits / 2, bits, quad);
    }
}

// A part of the input channels: sums go from one buffer to the other, because shares may overlap.
static void compute_part(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t,
                         struct Conv2d* conv) {
    const struct NetworkPlaces* const p = &l->places;
    const uint32_t from = p->sums[t->in_part & 1], to = p->sums[(t->in_part + 1) & 1];
    const bool is_signed = l->output.is_signed;
    const bool is_clipped = (l->low | l->high) != 0;
    const struct SumsLayer sums = {
        .sums = (const int32_t*)(void*)(arena + to),
        .output = arena + p->output[t->result & 1],
        .scales = conv->requantisation.scales,
        .pixels = t->rows * l->out_width,
        .channels = t->channels,
        .bits = l->output.bits,
        .shift = l->shift,
        .low = is_clipped ? l->low : lowest_of(l->output.bits, is_signed),
        .high = is_clipped ? l->high : highest_of(l->output.bits, is_signed)};
    if (t->is_first) {
        start_sums(&sums, (int32_t*)(void*)(arena + from), core_id(), core_count());
        barrier();  // all sums have started
    }
    conv->precision.output_bits = 32;
    conv->output = arena + to;
    conv->start = (int32_t)(from - to);
    conv2d(conv, core_id(), core_count());
    if (t->is_last) {
        barrier();  // the sums are complete
        requantise_sums(&sums, core_id(), core_count());
    }
}

static void compute_convolution(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t,
                                struct Conv2d* conv) {
    if (l->input_parts != 1) {
        compute_part(l, arena, t, conv);
        return;
    }
    conv2d(conv, core_id(), core_count());
    if (l->is_narrowed) {
        narrow(l, arena, t);
    }
}

static void compute(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t,
                    uint32_t index) {
    struct Conv2d conv = conv_of(l, arena, t, index);
    const struct Window window = window_of(l, t);
    switch (l->kind) {
        case kNetworkConvolution:
            compute_convolution(l, arena, t, &conv);
            break;
        case kNetworkDepthwise:
            compute_depthwise(&conv, &window);
            if (l->is_narrowed) {
                narrow(l, arena, t);
            }
            break;
        case kNetworkSums:
            dense_sums(&conv, !t->is_first, core_id(), core_count());
            break;
        case kNetworkAdd:
            compute_add(l, &conv, arena + l->places.second[index & 1], t);
            break;
        default:
            compute_pooling(l, &conv, &window);
    }
}

// --- moving

// A piece of a tensor: `rows` lines of `pixels` pixels, `bytes` of each of them.
static void start(struct Transfers* transfers, uint32_t direction, uint8_t* tcdm, uint8_t* external,
                  uint32_t pixels, uint32_t bytes, uint32_t pitch) {
    const struct DmaShape flat = {0, 0};
    const struct DmaShape lines = {bytes, pitch};
    transfers->ids[transfers->count++] = dma_start_2d(
        direction, tcdm, flat, external, bytes == pitch ? flat : lines, pixels * bytes);
    transfers->cost->dma_bytes += pixels * bytes;
}

static void bring_in_tensor(struct Transfers* transfers, const struct NetworkTensor* tensor,
                            uint8_t* to, const struct NetworkLayer* l, const struct Tile* t) {
    const uint32_t first = packed_bytes(t->in_channel, tensor->bits);
    uint8_t* const from = tensor->data + t->in_row * l->width * tensor->pitch + first;
    start(transfers, DMA_TO_TCDM, to, from, t->in_rows * l->width,
          packed_bytes(t->in_channels, tensor->bits), tensor->pitch);
}

static void bring_in_weights(struct Transfers* transfers, const struct NetworkLayer* l,
                             uint8_t* arena, const struct Tile* t, uint32_t index) {
    const uint32_t row = t->is_last ? l->last_weight_bytes : l->weight_bytes;
    const uint8_t* const from =
        l->weights + t->in_part * l->out_channels * l->weight_bytes + t->channel * row;
    const struct DmaShape flat = {0, 0};
    const struct DmaShape rows = {row, l->weight_pitch};
    const uint32_t bytes = t->channels * row;
    uint8_t* const to = arena + l->places.weights[weights_half(l, t, index)];
    transfers->ids[transfers->count++] =
        dma_start_2d(DMA_TO_TCDM, to, row == l->weight_pitch ? flat : rows, from, flat, bytes);
    transfers->cost->dma_bytes += bytes;
}

static void bring_in_scales(struct Transfers* transfers, const struct NetworkLayer* l,
                            uint8_t* arena, const struct Tile* t) {
    const uint32_t bytes = t->channels * sizeof(struct ChannelScale);
    transfers->ids[transfers->count++] =
        dma_start_in(arena + l->places.scales[t->part & 1], l->scales + t->channel, bytes);
    transfers->cost->dma_bytes += bytes;
}

// Operands of tile `index`; weights only where they change.
static void bring_in(struct Transfers* transfers, const struct NetworkLayer* l, uint8_t* arena,
                     uint32_t index) {
    const struct Tile t = tile_of(l, index);
    const uint32_t half = index & 1;
    bring_in_tensor(transfers, &l->input, arena + l->places.input[half], l, &t);
    if (l->kind == kNetworkAdd) {
        bring_in_tensor(transfers, &l->second, arena + l->places.second[half], l, &t);
    }
    if (index == 0 && l->is_prefetched) {
        return;
    }
    if (has_weights(l) && (t.row == 0 || l->input_parts != 1)) {
        bring_in_weights(transfers, l, arena, &t, index);
    }
    if (has_weights(l) && t.row == 0 && t.is_first) {
        bring_in_scales(transfers, l, arena, &t);
    }
}

static void take_out(struct Transfers* transfers, const struct NetworkLayer* l, uint8_t* arena,
                     const struct Tile* t) {
    const struct NetworkTensor* const o = &l->output;
    uint8_t* const to =
        o->data + t->row * l->out_width * o->pitch + packed_bytes(t->channel, o->bits);
    start(transfers, DMA_TO_EXTERNAL, arena + l->places.output[t->result & 1], to,
          t->rows * l->out_width, packed_bytes(t->channels, o->bits), o->pitch);
}

static void wait_for(struct Transfers* transfers) {
    if (transfers->count == 0) {
        return;
    }
    const uint32_t before = timer_cycles();
    for (; transfers->count != 0; --transfers->count) {
        dma_wait(transfers->ids[transfers->count - 1]);
    }
    transfers->cost->dma_wait_cycles += timer_cycles() - before;
}

// Weights of the first tile of the next layer. Only core 0 uses it.
FLEXV_TCDM_BSS static struct Transfers ahead;

static void bring_in_ahead(const struct NetworkLayer* next, uint8_t* arena,
                           struct NetworkCost* cost) {
    const struct Tile first = {.channels = p_minu(next->out_channels, next->tile_channels),
                               .is_last = next->input_parts == 1};
    ahead.cost = cost;
    bring_in_weights(&ahead, next, arena, &first, 0);
    bring_in_scales(&ahead, next, arena, &first);
}

// Core 0 keeps the DMA busy around the computation, and computes its share like the others.
void network_run_layer(const struct NetworkLayer* l, const struct NetworkLayer* next,
                       uint8_t* arena, struct NetworkCost* cost) {
    struct Transfers in = {.cost = cost};
    struct Transfers out = {.cost = cost};
    const bool moves_data = core_id() == 0;
    const uint32_t tiles = l->tiles;
    if (moves_data) {
        bring_in(&in, l, arena, 0);
        wait_for(&ahead);
        wait_for(&in);
    }
    barrier();
    for (uint32_t index = 0; index < tiles; ++index) {
        const struct Tile t = tile_of(l, index);
        if (moves_data && index + 1 < tiles) {
            bring_in(&in, l, arena, index + 1);
        } else if (moves_data && next != NULL && next->is_prefetched) {
            bring_in_ahead(next, arena, cost + 1);
        }
        compute(l, arena, &t, index);
        barrier();  // the results of this tile are complete
        if (moves_data) {
            if (t.is_last) {
                wait_for(&out);
                take_out(&out, l, arena, &t);
            }
            wait_for(&in);
        }
        barrier();  // the operands of the next tile have arrived
    }
    if (moves_data) {
        wait_for(&out);
    }
    barrier();
}

struct NetworkChecksum network_checksum(const struct NetworkLayer* l) {
    const uint32_t pixels = (uint32_t)l->out_height * l->out_width;
    const uint32_t bytes = packed_bytes(l->out_channels, l->output.bits);
    struct NetworkChecksum c = {0, 0};
    uint32_t number = 1;
    for (uint32_t pixel = 0; pixel < pixels; ++pixel) {
        const uint8_t* const data = l->output.data + pixel * l->output.pitch;
        for (uint32_t i = 0; i < bytes; ++i, ++number) {
            c.sum += data[i];
            c.weighted += data[i] * number;
        }
    }
    return c;
}
