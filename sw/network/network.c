// SPDX-License-Identifier: Apache-2.0
#include "network.h"

#include "conv2d.h"
#include "depthwise.h"
#include "flexv/flexv.h"
#include "pooling.h"
#include "quad.h"
#include "residual_add.h"
#include "share.h"
#include "sums.h"

enum { kMaxTransfers = 4 };

// One tile: rows and channels of the output, and the rows of the input that it needs.
struct Tile {
    uint32_t row, rows;
    uint32_t channel, channels;
    uint32_t part;  // number of the channel tile
    uint32_t in_row, in_rows;
    uint32_t pad_top, pad_bottom;
};

struct Transfers {
    DmaTransfer ids[kMaxTransfers];
    uint32_t count;
    struct NetworkCost* cost;
};

static uint32_t tiles_over(uint32_t total, uint32_t tile) { return (total + tile - 1) / tile; }

static uint32_t packed_bytes(uint32_t count, uint32_t bits) { return count * bits / 8; }

// Layers whose channels stand alone read only the channels that they write.
static bool is_channelwise(const struct NetworkLayer* l) {
    return l->kind == kNetworkDepthwise || l->kind == kNetworkAverage || l->kind == kNetworkMaximum ||
           l->kind == kNetworkAdd;
}

static bool has_weights(const struct NetworkLayer* l) { return l->weights != 0; }

static uint32_t in_channels_of(const struct NetworkLayer* l, const struct Tile* t) {
    return is_channelwise(l) ? t->channels : l->channels;
}

static void find_input_rows(const struct NetworkLayer* l, struct Tile* t) {
    const int32_t first = (int32_t)(t->row * l->stride) - l->pad_top;
    const int32_t end = first + (int32_t)((t->rows - 1) * l->stride + l->kernel_height);
    t->pad_top = first < 0 ? (uint32_t)-first : 0;
    t->pad_bottom = end > l->height ? (uint32_t)(end - l->height) : 0;
    t->in_row = (uint32_t)first + t->pad_top;
    t->in_rows = (uint32_t)(end - first) - t->pad_top - t->pad_bottom;
}

// Tiles go down the rows, then on to the next channels: weights are brought in once.
static struct Tile tile_of(const struct NetworkLayer* l, uint32_t index) {
    const uint32_t row_tiles = tiles_over(l->out_height, l->tile_rows);
    struct Tile t = {.part = index / row_tiles};
    t.row = (index - t.part * row_tiles) * l->tile_rows;
    t.channel = t.part * l->tile_channels;
    t.rows = p_minu(l->out_height - t.row, l->tile_rows);
    t.channels = p_minu(l->out_channels - t.channel, l->tile_channels);
    find_input_rows(l, &t);
    return t;
}

static uint32_t tile_count(const struct NetworkLayer* l) {
    return tiles_over(l->out_height, l->tile_rows) * tiles_over(l->out_channels, l->tile_channels);
}

// --- computing

static struct Conv2d conv_of(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t,
                             uint32_t half) {
    const struct NetworkPlaces* const p = &l->places;
    return (struct Conv2d){
        .precision = {l->input.bits, l->weight_bits, l->is_narrowed ? 8 : l->output.bits,
                      l->input.is_signed, l->output.is_signed},
        .input = arena + p->input[half],
        .weights = arena + p->weights[t->part & 1],
        .output = arena + (l->is_narrowed ? p->bytes : p->output[half]),
        .requantisation = {(const struct ChannelScale*)(arena + p->scales[t->part & 1]), l->shift,
                           l->low, l->high},
        .weight_pitch = l->weight_pitch,
        .height = t->in_rows,
        .width = l->width,
        .input_channels = l->channels,
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
    return (struct Window){t->in_rows,      l->width,     t->channels,
                           l->kernel_height, l->kernel_width, l->stride,
                           t->pad_top,      l->pad_left,  t->pad_bottom,
                           l->pad_right};
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
static void narrow(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t,
                   uint32_t half) {
    const uint32_t bits = l->output.bits;
    uint8_t* const to = arena + l->places.output[half];
    const struct Range share =
        share_of(t->rows * l->out_width * t->channels / 4, core_id(), core_count());
    barrier();  // the bytes are complete
    for (uint32_t i = share.begin; i < share.end; ++i) {
        const uint32_t quad = quad_load(arena + l->places.bytes + 4 * i, 8, false);
        quad_store(to + i * bits / 2, bits, quad);
    }
}

static void compute(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t,
                    uint32_t half) {
    const struct Conv2d conv = conv_of(l, arena, t, half);
    const struct Window window = window_of(l, t);
    switch (l->kind) {
        case kNetworkConvolution:
            conv2d(&conv, core_id(), core_count());
            break;
        case kNetworkDepthwise:
            compute_depthwise(&conv, &window);
            break;
        case kNetworkSums:
            dense_sums(&conv, core_id(), core_count());
            break;
        case kNetworkAdd:
            compute_add(l, &conv, arena + l->places.second[half], t);
            break;
        default:
            compute_pooling(l, &conv, &window);
    }
    if (l->is_narrowed) {
        narrow(l, arena, t, half);
    }
}

// --- moving

// A piece of a tensor: `rows` lines of `pixels` pixels, `bytes` of each of them.
static void start(struct Transfers* transfers, uint32_t direction, uint8_t* tcdm, uint8_t* external,
                  uint32_t pixels, uint32_t bytes, uint32_t pitch) {
    const struct DmaShape flat = {0, 0};
    const struct DmaShape lines = {bytes, pitch};
    transfers->ids[transfers->count++] =
        dma_start_2d(direction, tcdm, flat, external, bytes == pitch ? flat : lines, pixels * bytes);
    transfers->cost->dma_bytes += pixels * bytes;
}

static void bring_in_tensor(struct Transfers* transfers, const struct NetworkTensor* tensor,
                            uint8_t* to, const struct NetworkLayer* l, const struct Tile* t) {
    const uint32_t first = is_channelwise(l) ? packed_bytes(t->channel, tensor->bits) : 0;
    uint8_t* const from = tensor->data + t->in_row * l->width * tensor->pitch + first;
    start(transfers, DMA_TO_TCDM, to, from, t->in_rows * l->width,
          packed_bytes(in_channels_of(l, t), tensor->bits), tensor->pitch);
}

static void bring_in_weights(struct Transfers* transfers, const struct NetworkLayer* l,
                             uint8_t* arena, const struct Tile* t) {
    const struct NetworkPlaces* const p = &l->places;
    const uint32_t half = t->part & 1;
    const struct DmaShape flat = {0, 0};
    const struct DmaShape rows = {l->weight_bytes, l->weight_pitch};
    const uint32_t bytes = t->channels * l->weight_bytes;
    transfers->ids[transfers->count++] = dma_start_2d(
        DMA_TO_TCDM, arena + p->weights[half], l->weight_bytes == l->weight_pitch ? flat : rows,
        l->weights + t->channel * l->weight_bytes, flat, bytes);
    transfers->ids[transfers->count++] =
        dma_start_in(arena + p->scales[half], l->scales + t->channel,
                     t->channels * sizeof(struct ChannelScale));
    transfers->cost->dma_bytes += bytes + t->channels * sizeof(struct ChannelScale);
}

// Operands of tile `index`; weights only where a channel tile begins.
static void bring_in(struct Transfers* transfers, const struct NetworkLayer* l, uint8_t* arena,
                     uint32_t index) {
    const struct Tile t = tile_of(l, index);
    const uint32_t half = index & 1;
    bring_in_tensor(transfers, &l->input, arena + l->places.input[half], l, &t);
    if (l->kind == kNetworkAdd) {
        bring_in_tensor(transfers, &l->second, arena + l->places.second[half], l, &t);
    }
    if (has_weights(l) && t.row == 0) {
        bring_in_weights(transfers, l, arena, &t);
    }
}

static void take_out(struct Transfers* transfers, const struct NetworkLayer* l, uint8_t* arena,
                     uint32_t index) {
    const struct Tile t = tile_of(l, index);
    const struct NetworkTensor* const o = &l->output;
    uint8_t* const to =
        o->data + t.row * l->out_width * o->pitch + packed_bytes(t.channel, o->bits);
    start(transfers, DMA_TO_EXTERNAL, arena + l->places.output[index & 1], to,
          t.rows * l->out_width, packed_bytes(t.channels, o->bits), o->pitch);
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

// Core 0 keeps the DMA busy around the computation, and computes its share like the others.
void network_run_layer(const struct NetworkLayer* l, uint8_t* arena, struct NetworkCost* cost) {
    struct Transfers in = {.cost = cost};
    struct Transfers out = {.cost = cost};
    const bool moves_data = core_id() == 0;
    const uint32_t tiles = tile_count(l);
    if (moves_data) {
        bring_in(&in, l, arena, 0);
        wait_for(&in);
    }
    barrier();
    for (uint32_t index = 0; index < tiles; ++index) {
        const struct Tile t = tile_of(l, index);
        if (moves_data && index + 1 < tiles) {
            bring_in(&in, l, arena, index + 1);
        }
        compute(l, arena, &t, index & 1);
        barrier();  // the results of this tile are complete
        if (moves_data) {
            wait_for(&out);
            take_out(&out, l, arena, index);
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
