// SPDX-License-Identifier: Apache-2.0
// The convolution layers of golden/layer_plan.py, each in a region of its own: tile by tile, while
// the DMA brings in the next tile's operands and takes out the results before. Cycles do not depend
// on the numbers, so all tensors are whatever one buffer of L2 holds; test_layers checks results.
#include "conv2d.h"
#include "depthwise.h"
#include "flexv/flexv.h"
#include "layer_plan.h"

#include <stdio.h>
#include <stdlib.h>

#include GENERATED_PLANS

enum { kArenaBytes = 104 * 1024, kMaxDmaBytes = 65536 };

FLEXV_TCDM_BSS __attribute__((aligned(64))) static uint8_t arena[kArenaBytes];
FLEXV_NOINIT static uint8_t external[kMaxDmaBytes];  // stands for every tensor in L2

// Half of a double buffer.
struct Buffer {
    uint8_t* input;
    uint8_t* output;
    uint8_t* weights;
};

FLEXV_TCDM_BSS static struct Buffer buffers[2];
FLEXV_TCDM_BSS static struct ChannelScale* scales;
FLEXV_TCDM_BSS static uint8_t* workspace;

// One tile of a layer.
struct Tile {
    uint32_t row, rows;       // of the output
    uint32_t channels, part;  // of the output; number of the channel tile
    uint32_t in_rows;         // of the input
    uint32_t pad_top, pad_bottom;
};

static uint32_t tiles_over(uint32_t total, uint32_t tile) { return (total + tile - 1) / tile; }

static struct Tile tile_of(const struct LayerPlan* p, uint32_t index) {
    const uint32_t row_tiles = tiles_over(p->out_size, p->tile_rows);
    const uint32_t part = index / row_tiles;
    const uint32_t row = (index - part * row_tiles) * p->tile_rows;
    const uint32_t left = p->out_size - row;
    const uint32_t channels_left = p->out_channels - part * p->tile_channels;
    struct Tile t = {.row = row, .part = part};
    t.rows = left < p->tile_rows ? left : p->tile_rows;
    t.channels = channels_left < p->tile_channels ? channels_left : p->tile_channels;
    const int32_t first = (int32_t)(row * p->stride) - p->pad_before;
    const int32_t end = first + (int32_t)((t.rows - 1) * p->stride + p->kernel);
    t.pad_top = first < 0 ? (uint32_t)-first : 0;
    t.pad_bottom = end > p->size ? (uint32_t)(end - p->size) : 0;
    t.in_rows = (uint32_t)(end - first) - t.pad_top - t.pad_bottom;
    return t;
}

static struct Conv2d conv_of(const struct LayerPlan* p, const struct Tile* t,
                             const struct Buffer* buffer) {
    struct Conv2d conv = {.precision = {p->a_bits, p->w_bits, p->o_bits, false, false},
                          .input = buffer->input,
                          .weights = buffer->weights,
                          .output = buffer->output,
                          .requantisation = {.scales = scales, .shift = 24},
                          .height = t->in_rows,
                          .width = p->size,
                          .input_channels = p->in_channels,
                          .output_channels = t->channels,
                          .kernel_height = p->kernel,
                          .kernel_width = p->kernel,
                          .stride_y = p->stride,
                          .stride_x = p->stride,
                          .pad_top = t->pad_top,
                          .pad_left = p->pad_before,
                          .pad_bottom = t->pad_bottom,
                          .pad_right = p->pad_after,
                          .workspace = workspace};
    conv.weight_pitch = matmul_pitch(conv2d_weight_bytes(&conv));
    return conv;
}

static void compute(const struct LayerPlan* p, const struct Tile* t, const struct Buffer* buffer) {
    const struct Conv2d conv = conv_of(p, t, buffer);
    if (!p->is_depthwise) {
        conv2d(&conv, core_id(), core_count());
        return;
    }
    const struct Depthwise layer = {
        .precision = conv.precision,
        .window = {t->in_rows, p->size, t->channels, p->kernel, p->kernel, p->stride, p->stride,
                   t->pad_top, p->pad_before, t->pad_bottom, p->pad_after},
        .input = conv.input,
        .weights = conv.weights,
        .output = conv.output,
        .requantisation = conv.requantisation,
        .weight_pitch = (uint32_t)p->kernel * p->kernel * p->w_bits / 8,
        .lines = 4,
        .workspace = workspace};
    depthwise(&layer, core_id(), core_count());
}

static uint8_t* next_free;

static void* take(uint32_t bytes) {
    uint8_t* const memory = next_free;
    next_free += (bytes + 15) & ~15u;
    if (next_free > arena + kArenaBytes) {
        printf("bench_layers: a tile does not fit\n");
        exit(1);
    }
    return memory;
}

static uint32_t weights_bytes(const struct LayerPlan* p, uint32_t channels) {
    const struct Tile tile = {.channels = channels};
    const struct Conv2d conv = conv_of(p, &tile, &buffers[0]);
    return p->is_depthwise ? channels * p->kernel * p->kernel * p->w_bits / 8
                           : channels * conv.weight_pitch;
}

static void allocate(const struct LayerPlan* p) {
    const uint32_t most_rows = (p->tile_rows - 1u) * p->stride + p->kernel;
    const uint32_t in_rows = most_rows < p->size ? most_rows : p->size;
    next_free = arena;
    for (uint32_t half = 0; half < 2; ++half) {
        buffers[half].input = take(in_rows * p->size * p->in_channels * p->a_bits / 8);
        buffers[half].output =
            take((uint32_t)p->tile_rows * p->out_size * p->tile_channels * p->o_bits / 8);
        const bool is_double = !p->is_depthwise || half == 0;
        buffers[half].weights = is_double
                                    ? (uint8_t*)take(weights_bytes(p, p->tile_channels) + 16) + 8
                                    : buffers[0].weights;
    }
    scales = take(sizeof(struct ChannelScale) * p->tile_channels);
    const struct Tile tile = {.channels = p->tile_channels};
    const struct Conv2d conv = conv_of(p, &tile, &buffers[0]);
    const bool gathers = !p->is_depthwise && (p->kernel != 1 || p->stride != 1);
    workspace = gathers ? take(conv2d_workspace_bytes(&conv, core_count())) : arena;
}

struct Transfers {
    DmaTransfer ids[3];
    uint32_t count;
};

static void start_in(struct Transfers* transfers, uint8_t* to, uint32_t bytes) {
    transfers->ids[transfers->count++] = dma_start_in(to, external, bytes);
}

static void start_weights(struct Transfers* transfers, const struct LayerPlan* p,
                          const struct Tile* t, const struct Buffer* buffer) {
    const struct Conv2d conv = conv_of(p, t, buffer);
    if (p->is_depthwise) {
        start_in(transfers, buffer->weights, weights_bytes(p, t->channels));
        return;
    }
    const struct DmaShape flat = {0, 0};
    const struct DmaShape rows = {conv2d_weight_bytes(&conv), conv.weight_pitch};
    transfers->ids[transfers->count++] =
        dma_start_2d(DMA_TO_TCDM, buffer->weights, rows, external, flat,
                     t->channels * conv2d_weight_bytes(&conv));
}

// Input of tile `index`, and weights where a channel tile begins; they lie in half `part & 1`.
static void bring_in(struct Transfers* transfers, const struct LayerPlan* p, uint32_t index) {
    const struct Tile t = tile_of(p, index);
    transfers->count = 0;
    start_in(transfers, buffers[index & 1].input,
             t.in_rows * p->size * p->in_channels * p->a_bits / 8);
    if (t.row == 0) {
        start_weights(transfers, p, &t, &buffers[t.part & 1]);
        start_in(transfers, (uint8_t*)scales, sizeof(struct ChannelScale) * t.channels);
    }
}

static void wait_for(struct Transfers* transfers) {
    for (; transfers->count != 0; --transfers->count) {
        dma_wait(transfers->ids[transfers->count - 1]);
    }
}

static void take_out(struct Transfers* transfers, const struct LayerPlan* p, uint32_t index) {
    const struct Tile t = tile_of(p, index);
    transfers->ids[0] = dma_start_out(external, buffers[index & 1].output,
                                      t.rows * p->out_size * t.channels * p->o_bits / 8);
    transfers->count = 1;
}

// Core 0 keeps the DMA busy around the computation, and computes its share like the others.
static void run_layer(const struct LayerPlan* p) {
    struct Transfers in = {{0}, 0};
    struct Transfers out = {{0}, 0};
    const bool moves_data = core_id() == 0;
    const uint32_t tiles =
        tiles_over(p->out_size, p->tile_rows) * tiles_over(p->out_channels, p->tile_channels);
    if (moves_data) {
        bring_in(&in, p, 0);
        wait_for(&in);
    }
    barrier();
    for (uint32_t index = 0; index < tiles; ++index) {
        const struct Tile t = tile_of(p, index);
        if (moves_data && index + 1 < tiles) {
            bring_in(&in, p, index + 1);
        }
        const struct Buffer buffer = {buffers[index & 1].input, buffers[index & 1].output,
                                      buffers[t.part & 1].weights};
        compute(p, &t, &buffer);
        barrier();  // the results of this tile are complete
        if (moves_data) {
            wait_for(&out);
            take_out(&out, p, index);
            wait_for(&in);
        }
        barrier();  // the operands of the next tile have arrived
    }
    if (moves_data) {
        wait_for(&out);
    }
    barrier();
}

#define RUN_LAYER(number)             \
    if (core_id() == 0) {             \
        allocate(&plans[(number)-1]); \
    }                                 \
    barrier();                        \
    FLEXV_REGION_BEGIN(number);       \
    run_layer(&plans[(number)-1]);    \
    FLEXV_REGION_END(number);

int main(void) {
    FOR_EACH_LAYER(RUN_LAYER)
    if (core_id() == 0) {
        printf("%u layers\n", (unsigned)(sizeof plans / sizeof plans[0]));
    }
    return 0;
}
