// SPDX-License-Identifier: Apache-2.0
// Runs every case that golden/layers_golden.py made and compares its output with the expected one,
// byte by byte. Returns the number of cases that differ.
#include "conv2d.h"
#include "depthwise.h"
#include "flexv/flexv.h"
#include "layer_case.h"
#include "pooling.h"
#include "residual_add.h"

#include <stdio.h>
#include <stdlib.h>

#include GENERATED_CASES

enum { kArenaBytes = 72 * 1024, kSlack = 1024 };  // kernels read a little behind the weights

FLEXV_TCDM_BSS __attribute__((aligned(64))) static uint8_t arena[kArenaBytes];
FLEXV_TCDM_BSS static uint8_t* tensors[kBlocks];
FLEXV_TCDM_BSS static uint8_t* workspace;
FLEXV_TCDM_BSS static volatile uint32_t wrong[16];  // by core

static void bring_in(const struct LayerCase* c) {
    uint32_t used = 0;
    for (uint32_t i = 0; i < kBlocks; ++i) {
        const struct Block* const block = &c->blocks[i];
        tensors[i] = &arena[used];
        if (i != kOutput && block->bytes != 0) {
            dma_wait(dma_start_in(tensors[i], &case_data[block->word], (block->bytes + 3) & ~3u));
        }
        used += ((block->bytes + 3) & ~3u) + (i == kWeights ? kSlack : 16);
        used = (used + 15) & ~15u;
    }
    for (uint32_t i = 0; i < c->blocks[kOutput].bytes; ++i) {
        tensors[kOutput][i] = 0;
    }
    workspace = &arena[used];
}

static void check_workspace(uint32_t bytes) {
    if (workspace + bytes > arena + kArenaBytes) {
        printf("test_layers: the arena is %u bytes too small\n",
               (unsigned)(workspace + bytes - arena - kArenaBytes));
        exit(1);
    }
}

static struct Precision precision_of(const struct LayerCase* c) {
    return (struct Precision){c->a_bits, c->w_bits, c->o_bits, c->a_signed, c->o_signed};
}

static struct Requantisation requantisation_of(const struct LayerCase* c) {
    return (struct Requantisation){.scales = (const struct ChannelScale*)tensors[kScales],
                                   .shift = c->shift};
}

static struct Window window_of(const struct LayerCase* c) {
    return (struct Window){c->height,       c->width,      c->in_channels, c->kernel_height,
                           c->kernel_width, c->stride_y,   c->stride_x,    c->pad_top,
                           c->pad_left,     c->pad_bottom, c->pad_right};
}

static void run_matmul(const struct LayerCase* c) {
    const struct Matmul m = {.precision = precision_of(c),
                             .activations = tensors[kInput],
                             .weights = tensors[kWeights],
                             .output = tensors[kOutput],
                             .requantisation = requantisation_of(c),
                             .activation_pitch = c->blocks[kInput].bytes / c->height,
                             .weight_pitch = c->blocks[kWeights].bytes / c->out_channels,
                             .output_pitch = c->blocks[kOutput].bytes / c->height,
                             .depth = c->in_channels,
                             .pixels = c->height,
                             .channels = c->out_channels};
    matmul(&m, core_id(), core_count());
}

static void run_conv2d(const struct LayerCase* c) {
    const uint32_t depth = (uint32_t)c->in_channels * c->kernel_height * c->kernel_width;
    const struct Conv2d conv = {.precision = precision_of(c),
                                .input = tensors[kInput],
                                .weights = tensors[kWeights],
                                .output = tensors[kOutput],
                                .requantisation = requantisation_of(c),
                                .weight_pitch = c->blocks[kWeights].bytes / c->out_channels,
                                .height = c->height,
                                .width = c->width,
                                .input_channels = c->in_channels,
                                .output_channels = c->out_channels,
                                .kernel_height = c->kernel_height,
                                .kernel_width = c->kernel_width,
                                .stride_y = c->stride_y,
                                .stride_x = c->stride_x,
                                .pad_top = c->pad_top,
                                .pad_left = c->pad_left,
                                .pad_bottom = c->pad_bottom,
                                .pad_right = c->pad_right,
                                .filling = c->filling,
                                .group = depth <= 96 ? 16 : 8,
                                .workspace = workspace};
    check_workspace(conv2d_workspace_bytes(&conv, core_count()));
    conv2d(&conv, core_id(), core_count());
}

static void run_depthwise(const struct LayerCase* c) {
    const struct Depthwise layer = {.precision = precision_of(c),
                                    .window = window_of(c),
                                    .input = tensors[kInput],
                                    .weights = tensors[kWeights],
                                    .output = tensors[kOutput],
                                    .requantisation = requantisation_of(c),
                                    .weight_pitch = c->blocks[kWeights].bytes / c->in_channels,
                                    .filling = c->filling,
                                    .lines = 1 + (uint32_t)c->shift % 4,
                                    .workspace = workspace};
    check_workspace(depthwise_workspace_bytes(&layer, core_count()));
    depthwise(&layer, core_id(), core_count());
}

static void run_pooling(const struct LayerCase* c) {
    const struct Pooling layer = {.window = window_of(c),
                                  .bits = c->a_bits,
                                  .is_signed = c->a_signed,
                                  .output_bits = c->a_bits,
                                  .output_signed = c->a_signed,
                                  .input = tensors[kInput],
                                  .output = tensors[kOutput],
                                  .multiplier = c->factor_a,
                                  .shift = c->shift};
    (c->kind == kAverage ? average_pooling : max_pooling)(&layer, core_id(), core_count());
}

static void run_add(const struct LayerCase* c) {
    const struct ResidualAdd layer = {.a = {c->a_bits, c->a_signed},
                                      .b = {c->w_bits, c->b_signed},
                                      .output = {c->o_bits, c->o_signed},
                                      .a_values = tensors[kInput],
                                      .b_values = tensors[kWeights],
                                      .output_values = tensors[kOutput],
                                      .multiplier_a = c->factor_a,
                                      .multiplier_b = c->factor_b,
                                      .bias = c->bias,
                                      .shift = c->shift,
                                      .count = (uint32_t)c->height * c->in_channels};
    residual_add(&layer, core_id(), core_count());
}

static void run(const struct LayerCase* c) {
    static void (*const runs[])(const struct LayerCase*) = {run_matmul,  run_conv2d,  run_depthwise,
                                                            run_pooling, run_pooling, run_add};
    runs[c->kind](c);
}

static uint32_t wrong_bytes(const struct LayerCase* c) {
    const uint8_t* const expected = (const uint8_t*)&case_data[c->blocks[kOutput].word];
    uint32_t count = 0;
    for (uint32_t i = core_id(); i < c->blocks[kOutput].bytes; i += core_count()) {
        count += tensors[kOutput][i] != expected[i];
    }
    wrong[core_id()] = count;
    barrier();
    for (uint32_t core = 0, own = core_id(); core < core_count(); ++core) {
        count += core == own ? 0 : wrong[core];
    }
    return count;
}

static void print_failure(uint32_t index, const struct LayerCase* c, uint32_t count) {
    printf("FAIL: case %u, kind %u, a%uw%u, output %u bits, %u x %u x %u -> %u: %u bytes differ\n",
           (unsigned)index, (unsigned)c->kind, c->a_bits, c->w_bits, c->o_bits, c->height, c->width,
           c->in_channels, c->out_channels, (unsigned)count);
}

// A batch normalisation becomes a scale whose bias is rounded to the nearest.
static bool is_batch_norm_right(void) {
    const struct ChannelScale up = scale_of_batch_norm(7, 11);
    const struct ChannelScale down = scale_of_batch_norm(7, -11);
    return up.bias == 2 && down.bias == -2 && up.multiplier == 7 && down.multiplier == 7;
}

int main(void) {
    const uint32_t count = sizeof cases / sizeof cases[0];
    uint32_t failures = !is_batch_norm_right();
    for (uint32_t i = 0; i < count; ++i) {
        if (core_id() == 0) {
            bring_in(&cases[i]);
        }
        barrier();
        run(&cases[i]);
        barrier();
        const uint32_t differing = wrong_bytes(&cases[i]);
        failures += differing != 0;
        if (differing != 0 && core_id() == 0) {
            print_failure(i, &cases[i], differing);
        }
        barrier();
    }
    if (core_id() == 0 && failures == 0) {
        printf("PASS: %u cases, seed %u\n", (unsigned)count, (unsigned)kSeed);
    }
    return failures < 89 ? (int)failures : 89;
}
