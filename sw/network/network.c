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

static uint32_t packed_bytes(uint32_t count, uint32_t bits) { return count * bits / 8; }

// Layers whose channels stand alone read only the channels that they write.
static bool is_channelwise(const struct NetworkLayer* l) {
    return l->kind == kNetworkDepthwise || l->kind == kNetworkAverage ||
           l->kind == kNetworkMaximum || l->kind == kNetworkAdd;
}

static bool has_weights(const struct NetworkLayer* l) { return l->weights != 0; }

static void find_input_rows(const struct NetworkLayer* l, struct Tile* t) {
    const int32_t first = (int32_t)(t->row * l->stride_y) - l->pad_top;
    const int32_t end = first + (int32_t)((t->rows - 1) * l->stride_y + l->kernel_height);
    t->pad_top = first < 0 ? (uint32_t)-first : 0;
    t->pad_bottom = end > l->height ? (uint32_t)(end - l->height) : 0;
    t->in_row = (uint32_t)first + t->pad_top;
    t->in_rows = (uint32_t)(end - first) - t->pad_top - t->pad_bottom;
}

static void find_input_channels(const struct NetworkLayer* l, struct Tile* t) {
    if (is_channelwise(l)) {
        t->in_channel = t->channel;
        t->in_channels = t->channels;
    } else {
        t->in_channel = t->in_part * l->tile_inputs;
        t->in_channels = p_minu(l->channels - t->in_channel, l->tile_inputs);
    }
    t->is_first = t->in_part == 0;
    t->is_last = t->in_part + 1 == l->input_parts;
}

static void find_rows(const struct NetworkLayer* l, struct Tile* t) {
    t->rows = p_minu(l->out_height - t->row, t->row == 0 ? l->first_rows : l->tile_rows);
    find_input_rows(l, t);
}

static void find_channels(const struct NetworkLayer* l, struct Tile* t) {
    t->channels =
        p_minu(l->out_channels - t->channel, t->part == 0 ? l->first_channels : l->tile_channels);
}

static void set_first_tile(const struct NetworkLayer* l, struct Tile* t) {
    t->row = t->channel = t->part = t->result = t->in_part = 0;
    find_rows(l, t);
    find_channels(l, t);
    find_input_channels(l, t);
}

// The tile behind `t`. Tiles go through the input channels, then down the rows, then on to the next
// channels: weights whose input channels are not divided are brought in once.
static void set_next_tile(const struct NetworkLayer* l, const struct Tile* t, struct Tile* next) {
    *next = *t;
    if (++next->in_part == l->input_parts) {
        next->in_part = 0;
        ++next->result;
        next->row += next->rows;
        if (next->row == l->out_height) {
            next->row = 0;
            ++next->part;
            next->channel += next->channels;
            find_channels(l, next);
        }
        find_rows(l, next);
    }
    find_input_channels(l, next);
}

// --- computing

// Halves of the buffers: tiles alternate. Weights change with the channel tile, or with every tile
// where input channels are divided.
static uint32_t weights_half(const struct NetworkLayer* l, const struct Tile* t, uint32_t index) {
    return (l->input_parts == 1 ? t->part : index) & 1;
}

// The number in all places of a word.
static uint32_t word_of(uint32_t number, uint32_t bits) {
    return bits == 8   ? 0x01010101 * (number & 0xFF)
           : bits == 4 ? 0x11111111 * (number & 15)
                       : 0x55555555 * (number & 3);
}

// What is the same for all tiles. Field by field: GCC clears a structure of which not all is named
// by a loop over its bytes.
static void set_layer(struct Conv2d* c, const struct NetworkLayer* l, uint8_t* arena) {
    c->precision.activation_bits = l->input.bits;
    c->precision.weight_bits = l->weight_bits;
    c->precision.output_bits = l->is_narrowed ? 8 : l->output.bits;
    c->precision.activation_signed = l->input.is_signed;
    c->precision.output_signed = l->output.is_signed;
    c->requantisation.shift = l->shift;
    c->requantisation.low = l->low;
    c->requantisation.high = l->high;
    c->weight_pitch = l->weight_pitch;
    c->width = l->width;
    c->kernel_height = l->kernel_height;
    c->kernel_width = l->kernel_width;
    c->stride_y = l->stride_y;
    c->stride_x = l->stride_x;
    c->pad_left = l->pad_left;
    c->pad_right = l->pad_right;
    c->filling = word_of((uint32_t)l->filling, l->input.bits);
    c->start = 0;
    c->group = l->group;
    c->workspace = arena + l->places.workspace;
}

static void set_tile(struct Conv2d* c, const struct NetworkLayer* l, uint8_t* arena,
                     const struct Tile* t, uint32_t index) {
    const struct NetworkPlaces* const p = &l->places;
    c->input = arena + p->input[index & 1];
    c->weights = arena + p->weights[weights_half(l, t, index)];
    c->output = arena + (l->is_narrowed ? p->bytes : p->output[t->result & 1]);
    c->requantisation.scales = (const struct ChannelScale*)(arena + p->scales[t->part & 1]);
    c->height = t->in_rows;
    c->input_channels = t->in_channels;
    c->output_channels = t->channels;
    c->pad_top = t->pad_top;
    c->pad_bottom = t->pad_bottom;
}

static struct Window window_of(const struct NetworkLayer* l, const struct Tile* t) {
    return (struct Window){t->in_rows,      l->width,      t->channels, l->kernel_height,
                           l->kernel_width, l->stride_y,   l->stride_x, t->pad_top,
                           l->pad_left,     t->pad_bottom, l->pad_right};
}

static void compute_depthwise(const struct NetworkLayer* l, const struct Conv2d* c,
                              const struct Window* window) {
    const struct Depthwise layer = {.precision = c->precision,
                                    .window = *window,
                                    .input = c->input,
                                    .weights = c->weights,
                                    .output = c->output,
                                    .requantisation = c->requantisation,
                                    .weight_pitch = c->weight_pitch,
                                    .filling = word_of((uint32_t)l->filling, 8),
                                    .lines = l->group,
                                    .workspace = c->workspace};
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
                    uint32_t index, struct Conv2d* conv) {
    set_tile(conv, l, arena, t, index);
    if (l->kind == kNetworkConvolution) {
        compute_convolution(l, arena, t, conv);
        return;
    }
    const struct Window window = window_of(l, t);
    switch (l->kind) {
        case kNetworkDepthwise:
            compute_depthwise(l, conv, &window);
            if (l->is_narrowed) {
                narrow(l, arena, t);
            }
            break;
        case kNetworkSums:
            dense_sums(conv, !t->is_first, core_id(), core_count());
            break;
        case kNetworkAdd:
            compute_add(l, conv, arena + l->places.second[index & 1], t);
            break;
        default:
            compute_pooling(l, conv, &window);
    }
}

// --- moving
//
// Each kind of transfer has a core of its own, which starts it and waits for it: a DMA port stays
// closed until the DMA begins with its last command, which may be when all transfers before have
// ended.

enum Role { kInput, kOutput, kPieceIn, kPieceOut, kWeights, kScales, kSecond, kRest, kRoles };
enum {
    kOperands = 1 << kInput | 1 << kWeights | 1 << kScales | 1 << kSecond | 1 << kRest,
    kPieces = 1 << kPieceIn | 1 << kPieceOut,
};

FLEXV_TCDM_BSS static struct {
    DmaTransfer id;
    bool is_under_way;
    uint32_t waited, bytes;  // cycles asleep; both in this layer
} transfers[kRoles];

// A bit for each role of this core: one with eight cores, more with fewer.
static uint32_t roles_of_core(void) {
    uint32_t roles = 0;
    for (uint32_t role = core_id(); role < kRoles; role += core_count()) {
        roles |= 1u << role;
    }
    return roles;
}

static void started(enum Role role, DmaTransfer id, uint32_t bytes) {
    transfers[role].id = id;
    transfers[role].is_under_way = true;
    transfers[role].bytes += bytes;
}

static void wait_for(uint32_t roles) {
    for (uint32_t role = 0; roles != 0; ++role, roles >>= 1) {
        if ((roles & 1) == 0 || !transfers[role].is_under_way) {
            continue;
        }
        const uint32_t before = timer_cycles();
        const bool is_late = !dma_is_complete(transfers[role].id);
        dma_wait(transfers[role].id);
        transfers[role].is_under_way = false;
        if (is_late) {
            transfers[role].waited += timer_cycles() - before;
        }
    }
}

// A piece of a tensor: `pixels` pixels, `bytes` of each of them.
static void start(enum Role role, uint32_t direction, uint8_t* tcdm, const uint8_t* external,
                  uint32_t pixels, uint32_t bytes, uint32_t pitch) {
    const struct DmaShape flat = {0, 0};
    const struct DmaShape lines = {bytes, pitch};
    started(role,
            dma_start_2d(direction, tcdm, flat, external, bytes == pitch ? flat : lines,
                         pixels * bytes),
            pixels * bytes);
}

static void bring_in_tensor(enum Role role, const struct NetworkTensor* tensor, uint8_t* to,
                            const struct NetworkLayer* l, const struct Tile* t) {
    const uint32_t first = packed_bytes(t->in_channel, tensor->bits);
    uint8_t* const from = tensor->data + t->in_row * l->width * tensor->pitch + first;
    start(role, DMA_TO_TCDM, to, from, t->in_rows * l->width,
          packed_bytes(t->in_channels, tensor->bits), tensor->pitch);
}

// Rows of weights, `bytes` of them.
static void bring_in_rows(enum Role role, const struct NetworkLayer* l, uint8_t* to,
                          const uint8_t* from, uint32_t row, uint32_t bytes) {
    const struct DmaShape flat = {0, 0};
    const struct DmaShape rows = {row, l->weight_pitch};
    started(role,
            dma_start_2d(DMA_TO_TCDM, to, row == l->weight_pitch ? flat : rows, from, flat, bytes),
            bytes);
}

// Those of a tile: what has been staged in L2, and the rest from where all weights lie.
static void bring_in_weights(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t,
                             uint32_t index, uint32_t roles) {
    const uint32_t row = t->is_last ? l->last_weight_bytes : l->weight_bytes;
    const uint8_t* const from =
        l->weights + t->in_part * l->out_channels * l->weight_bytes + t->channel * row;
    uint8_t* const to = arena + l->places.weights[weights_half(l, t, index)];
    const uint32_t bytes = t->channels * row;
    struct NetworkBlock block = {NULL, 0};
    if (l->blocks != NULL) {
        block = l->blocks[t->part * l->input_parts + t->in_part];
    }
    if (block.bytes != 0 && (roles & 1 << kWeights)) {
        bring_in_rows(kWeights, l, to, block.staged, row, block.bytes);
    }
    if (block.bytes < bytes && (roles & 1 << kRest)) {
        bring_in_rows(kRest, l, to + quotient(block.bytes, row) * l->weight_pitch,
                      from + block.bytes, row, bytes - block.bytes);
    }
}

static void bring_in_scales(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t) {
    const uint32_t bytes = t->channels * sizeof(struct ChannelScale);
    started(kScales,
            dma_start_in(arena + l->places.scales[t->part & 1], l->scales + t->channel, bytes),
            bytes);
}

static void bring_in_parameters(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t,
                                uint32_t index, uint32_t roles) {
    if ((roles & (1 << kWeights | 1 << kRest)) && (t->row == 0 || l->input_parts != 1)) {
        bring_in_weights(l, arena, t, index, roles);
    }
    if ((roles & 1 << kScales) && t->row == 0 && t->is_first) {
        bring_in_scales(l, arena, t);
    }
}

// Operands of tile `index`; weights only where they change.
static void bring_in(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t,
                     uint32_t index, uint32_t roles) {
    const uint32_t half = index & 1;
    if ((roles & 1 << kInput) && !(index == 0 && l->is_input_here)) {
        bring_in_tensor(kInput, &l->input, arena + l->places.input[half], l, t);
    }
    if ((roles & 1 << kSecond) && l->kind == kNetworkAdd && !(index == 0 && l->is_second_here)) {
        bring_in_tensor(kSecond, &l->second, arena + l->places.second[half], l, t);
    }
    if (has_weights(l) && !(index == 0 && l->is_prefetched)) {
        bring_in_parameters(l, arena, t, index, roles);
    }
}

// Operands of the first tile of the next layer, whose inputs stand in this one's row, close to the
// cores.
static void bring_in_ahead(const struct NetworkLayer* l, uint8_t* arena, uint32_t roles) {
    for (uint32_t i = 0; i < 2; ++i) {
        const struct NetworkAhead* const a = &l->ahead[i];
        const enum Role role = i == 0 ? kInput : kSecond;
        if ((roles & 1u << role) && a->pixels != 0) {
            start(role, DMA_TO_TCDM, arena + a->to, a->from, a->pixels, a->bytes, a->pitch);
        }
    }
}

static void bring_in_weights_ahead(const struct NetworkLayer* next, uint8_t* arena,
                                   uint32_t roles) {
    const struct Tile first = {.channels = p_minu(next->out_channels, next->first_channels),
                               .is_first = true,
                               .is_last = next->input_parts == 1};
    bring_in_parameters(next, arena, &first, 0, roles);
}

static void take_out(const struct NetworkLayer* l, uint8_t* arena, const struct Tile* t) {
    const struct NetworkTensor* const o = &l->output;
    uint8_t* const to =
        o->data + t->row * l->out_width * o->pitch + packed_bytes(t->channel, o->bits);
    start(kOutput, DMA_TO_EXTERNAL, arena + l->places.output[t->result & 1], to,
          t->rows * l->out_width, packed_bytes(t->channels, o->bits), o->pitch);
}

// Pieces of weights that come from external memory. The core that reads them and the one that
// writes them count tiles for themselves.
FLEXV_TCDM_BSS static struct {
    const struct NetworkStream* stream;
    struct {
        uint32_t next, tile;  // piece, tile of the network
    } reader, writer;
} pieces;

void network_start(const struct NetworkStream* stream) {
    pieces.stream = stream;
    pieces.reader.next = pieces.reader.tile = 0;
    pieces.writer.next = pieces.writer.tile = 0;
}

// At the beginning of each tile: one piece is read, the one that was read during the tile before is
// written.
static void move_pieces(uint32_t roles) {
    const struct NetworkStream* const s = pieces.stream;
    if (roles & 1 << kPieceOut) {
        const struct NetworkPiece* const p = &s->pieces[pieces.writer.next];
        if (pieces.writer.next != s->count && p->tile + 1 == pieces.writer.tile) {
            started(kPieceOut, dma_start_out(p->to, s->arena + p->via, p->bytes), p->bytes);
            ++pieces.writer.next;
        }
        ++pieces.writer.tile;
    }
    if (roles & 1 << kPieceIn) {
        const struct NetworkPiece* const p = &s->pieces[pieces.reader.next];
        if (pieces.reader.next != s->count && p->tile == pieces.reader.tile) {
            started(kPieceIn, dma_start_in(s->arena + p->via, p->from, p->bytes), p->bytes);
            ++pieces.reader.next;
        }
        ++pieces.reader.tile;
    }
}

// --- a layer

#ifdef NETWORK_CHECKSUMS
enum { kIsResultRead = true };  // by a core, behind each layer
#else
enum { kIsResultRead = false };
#endif

static void add_costs(struct NetworkCost* cost) {
    for (uint32_t role = 0; role < kRoles; ++role) {
        uint32_t* const waited =
            1u << role & kPieces ? &cost->external_wait_cycles : &cost->dma_wait_cycles;
        *waited = p_maxu(*waited, transfers[role].waited);
        cost->dma_bytes += transfers[role].bytes;
        transfers[role].waited = 0;
        transfers[role].bytes = 0;
    }
}

// What the DMA does while tile `index` is computed. Operands of the next tile go where those of the
// tile before were, whose results are taken out.
static void start_transfers(const struct NetworkLayer* l, const struct NetworkLayer* next,
                            uint8_t* arena, const struct Tile* before, const struct Tile* following,
                            uint32_t index, uint32_t roles) {
    if ((roles & 1 << kOutput) && index != 0 && before->is_last) {
        take_out(l, arena, before);
    }
    if (index + 1 < l->tiles) {
        bring_in(l, arena, following, index + 1, roles);
    } else {
        bring_in_ahead(l, arena, roles);
        if (next != NULL && next->is_prefetched) {
            bring_in_weights_ahead(next, arena, roles);
        }
    }
    if ((roles & kPieces) && pieces.stream != NULL) {
        move_pieces(roles);
    }
}

// The DMA is busy around the computation, of which every core does its share.
void network_run_layer(const struct NetworkLayer* l, const struct NetworkLayer* next,
                       uint8_t* arena, struct NetworkCost* cost) {
    const uint32_t tiles = l->tiles;
    const uint32_t roles = roles_of_core();
    struct Tile of[3];  // the tile before, this one, the next one
    struct Tile *before = &of[2], *now = &of[0], *following = &of[1];
    struct Conv2d conv;
    set_first_tile(l, now);
    bring_in(l, arena, now, 0, roles);
    set_layer(&conv, l, arena);
    wait_for(roles & kOperands);
    barrier();
    for (uint32_t index = 0; index < tiles; ++index) {
        if (index + 1 < tiles) {
            set_next_tile(l, now, following);
        }
        start_transfers(l, next, arena, before, following, index, roles);
        compute(l, arena, now, index, &conv);
        wait_for(roles &
                 (index + 1 < tiles ? kOperands | kPieces | 1 << kOutput : kPieces | 1 << kOutput));
        barrier();  // results are complete, the operands of the next tile have arrived
        struct Tile* const oldest = before;
        before = now;
        now = following;
        following = oldest;
    }
    if (roles & 1 << kOutput) {
        take_out(l, arena, before);
        if (kIsResultRead || l->is_result_awaited) {
            wait_for(1 << kOutput);  // else at the end of the next layer's first tile
        }
    }
    barrier();
    if (core_id() == 0) {
        add_costs(cost);
    }
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
