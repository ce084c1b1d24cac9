// SPDX-License-Identifier: Apache-2.0
#include "conv2d.h"

#include "check.h"
#include "flexv/intrinsics.h"
#include "matmul_groups.h"
#include "share.h"

#include <stddef.h>

enum { kGroup = 8 };  // pixels that a core gathers at a time, where nothing else is asked for

static uint32_t group_of(const struct Conv2d* c) { return c->group != 0 ? c->group : kGroup; }

static uint32_t depth_of(const struct Conv2d* c) {
    return c->kernel_height * c->kernel_width * c->input_channels;
}

static uint32_t pixel_bytes(const struct Conv2d* c) {
    return c->input_channels * c->precision.activation_bits / 8;
}

// Row of gathered inputs, as long as the row of weights that it meets.
static uint32_t row_pitch(const struct Conv2d* c) {
    const uint32_t weight_bytes = conv2d_weight_bytes(c);
    return matmul_pitch(weight_bytes * c->precision.activation_bits / c->precision.weight_bits);
}

uint32_t conv2d_weight_bytes(const struct Conv2d* c) {
    return matmul_weight_bytes(&c->precision, depth_of(c));
}

uint32_t conv2d_workspace_bytes(const struct Conv2d* c, uint32_t workers) {
    return workers * group_of(c) * row_pitch(c) + 16;
}

// What is constant while a core gathers rows.
struct Gather {
    const struct Conv2d* conv;
    uint32_t pixel_bytes, line_bytes;  // of the input, of a line of the window
    uint32_t input_pitch;              // bytes from line to line of the input
    uint32_t output_width;
    bool is_in_words;  // pixels lie on words and consist of them
};

static struct Gather gather_of(const struct Conv2d* c) {
    const uint32_t bytes = pixel_bytes(c);
    return (struct Gather){c,
                           bytes,
                           c->kernel_width * bytes,
                           c->width * bytes,
                           conv2d_output_width(c),
                           ((bytes | (uint32_t)c->input) & 3) == 0};
}

static inline void copy(const struct Gather* g, uint8_t* to, const uint8_t* from, uint32_t bytes) {
    if (g->is_in_words) {
        copy_words(to, from, bytes / 4);
    } else {
        copy_bytes(to, from, bytes);
    }
}

// Where the window lies outside of the input.
static void fill(const struct Gather* g, uint8_t* to, uint32_t bytes) {
    const uint32_t filling = g->conv->filling;
    if (g->is_in_words) {
        uint32_t* words = (uint32_t*)(void*)to;
        for (uint32_t i = bytes / 4; i != 0; --i) {
            *words++ = filling;
        }
    } else {
        for (uint32_t i = 0; i < bytes; ++i) {
            to[i] = (uint8_t)filling;
        }
    }
}

// A line of the window that is partly outside; its left end is input column `x`.
static void gather_partly(const struct Gather* g, uint8_t* row, const uint8_t* line, int32_t x) {
    const int32_t width = (int32_t)g->conv->width;
    const int32_t end = x + (int32_t)g->conv->kernel_width;
    const uint32_t left = x < 0 ? (uint32_t)-x * g->pixel_bytes : 0;
    const uint32_t right = end > width ? (uint32_t)(end - width) * g->pixel_bytes : 0;
    if (left + right >= g->line_bytes) {
        fill(g, row, g->line_bytes);
        return;
    }
    fill(g, row, left);
    copy(g, row + left, line + (x < 0 ? 0 : (uint32_t)x * g->pixel_bytes),
         g->line_bytes - left - right);
    fill(g, row + g->line_bytes - right, right);
}

// The window of the output pixel at `output_y`, `output_x`, line by line.
static void gather(const struct Gather* g, uint8_t* row, uint32_t output_y, uint32_t output_x) {
    const struct Conv2d* const c = g->conv;
    const int32_t x = (int32_t)(output_x * c->stride_x) - (int32_t)c->pad_left;
    const bool is_inside = x >= 0 && (uint32_t)x + c->kernel_width <= c->width;
    uint32_t y = output_y * c->stride_y - c->pad_top;  // wraps above the input
    const uint8_t* line = c->input + y * g->input_pitch;
    for (uint32_t i = c->kernel_height; i != 0; --i, ++y, line += g->input_pitch) {
        if (y >= c->height) {
            fill(g, row, g->line_bytes);
        } else if (is_inside) {
            copy(g, row, line + (uint32_t)x * g->pixel_bytes, g->line_bytes);
        } else {
            gather_partly(g, row, line, x);
        }
        row += g->line_bytes;
    }
}

// `count` pixels from `pixel` on, a row of `pitch` bytes each.
static void gather_rows(const struct Gather* g, uint8_t* rows, uint32_t pitch, uint32_t pixel,
                        uint32_t count) {
    uint32_t y = quotient(pixel, g->output_width);
    uint32_t x = pixel - y * g->output_width;
    for (; count != 0; --count, rows += pitch) {
        gather(g, rows, y, x);
        if (++x == g->output_width) {
            x = 0;
            ++y;
        }
    }
}

static struct Matmul matmul_of(const struct Conv2d* c) {
    return (struct Matmul){.precision = c->precision,
                           .activations = c->input,
                           .weights = c->weights,
                           .output = c->output,
                           .requantisation = c->requantisation,
                           .activation_pitch = pixel_bytes(c),
                           .weight_pitch = c->weight_pitch,
                           .output_pitch = (c->output_channels * c->precision.output_bits + 7) / 8,
                           .depth = depth_of(c),
                           .pixels = c->height * c->width,
                           .channels = c->output_channels,
                           .start = c->start};
}

static bool is_pointwise(const struct Conv2d* c) {
    const bool is_one = (c->kernel_height | c->kernel_width | c->stride_y | c->stride_x) == 1;
    const bool is_padded = (c->pad_top | c->pad_left | c->pad_bottom | c->pad_right) != 0;
    return is_one && !is_padded && ((pixel_bytes(c) | (uint32_t)c->input) & 3) == 0;
}

// This core's rows, placed for few bank conflicts with the weights.
static uint8_t* rows_of(const struct Conv2d* c, uint32_t worker, uint32_t pitch) {
    const uint32_t best = (uint32_t)c->weights - 4 * kMatmulSkewWords;
    const uint32_t start = (uint32_t)c->workspace;
    return c->workspace + ((best - start) & 12) + worker * group_of(c) * pitch;
}

// How the output is divided: groups of pixels, and parts of the channels where there are fewer
// groups than cores.
struct Division {
    uint32_t pixels, groups, parts;
};

static struct Division divide(const struct Conv2d* c, uint32_t workers) {
    const uint32_t pixels = conv2d_output_height(c) * conv2d_output_width(c);
    const uint32_t groups = quotient(pixels + group_of(c) - 1, group_of(c));
    return (struct Division){pixels, groups, groups < workers ? workers / groups : 1};
}

// Restricts a product to part `part` of its channels, in whole groups of four.
static void take_part(struct Matmul* m, const struct Conv2d* c, uint32_t part, uint32_t parts) {
    const struct Range quads = share_of((c->output_channels + 3) / 4, part, parts);
    const uint32_t first = 4 * quads.begin;
    const uint32_t end = p_minu(4 * quads.end, c->output_channels);
    m->weights = c->weights + first * m->weight_pitch;
    m->requantisation.scales = c->requantisation.scales + first;
    m->output += first * m->precision.output_bits / 8;
    m->channels = first < end ? end - first : 0;
}

static void compute_share(const struct Conv2d* c, uint32_t worker, uint32_t workers) {
    const struct Division division = divide(c, workers);
    const struct Range share = share_of(division.groups * division.parts, worker, workers);
    if (share.begin == share.end) {
        return;
    }
    const struct Gather source = gather_of(c);
    struct Matmul m = matmul_of(c);
    struct Job job;
    m.activation_pitch = row_pitch(c);
    uint8_t* const rows = rows_of(c, worker, m.activation_pitch);
    m.activations = rows;
    m.pixels = p_minu(division.pixels, group_of(c));
    matmul_prepare(&job, &m);
    // The last group is moved back to end at the edge, and repeats results there.
    const uint32_t last = division.pixels - m.pixels;
    for (uint32_t unit = share.begin; unit < share.end; ++unit) {
        const uint32_t group = division.parts == 1 ? unit : unit / division.parts;
        const uint32_t first = p_minu(group * group_of(c), last);
        m.output = c->output + first * m.output_pitch;
        if (division.parts != 1) {
            take_part(&m, c, unit - group * division.parts, division.parts);
        }
        gather_rows(&source, rows, m.activation_pitch, first, m.pixels);
        matmul_compute(&job);
    }
}

void conv2d(const struct Conv2d* c, uint32_t worker, uint32_t workers) {
    kernel_check(c->input_channels * c->precision.activation_bits % 8 == 0,
                 "conv2d: pixels of the input must be whole bytes; pad the channels");
    if (is_pointwise(c)) {
        const struct Matmul m = matmul_of(c);
        matmul(&m, worker, workers);
        return;
    }
    kernel_check(((uint32_t)c->workspace & 3) == 0 && c->workspace != NULL,
                 "conv2d: a word-aligned workspace is needed");
    compute_share(c, worker, workers);
}
