// SPDX-License-Identifier: Apache-2.0
#include "depthwise_3x3.h"

#include "check.h"
#include "packed.h"
#include "quad.h"
#include "selection.h"
#include "share.h"

#include <stddef.h>

#define HAS_OFFSET(type, member, offset) \
    _Static_assert(offsetof(struct type, member) == (offset), "depthwise_3x3.h")
HAS_OFFSET(QuadLines, input, QUAD_INPUT);
HAS_OFFSET(QuadLines, output, QUAD_OUTPUT);
HAS_OFFSET(QuadLines, weights, QUAD_WEIGHTS);
HAS_OFFSET(QuadLines, weight_pitch, QUAD_WEIGHT_PITCH);
HAS_OFFSET(QuadLines, scales, QUAD_SCALES);
HAS_OFFSET(QuadLines, pairs, QUAD_PAIRS);
HAS_OFFSET(QuadLines, output_step, QUAD_OUTPUT_STEP);
HAS_OFFSET(QuadLines, output_skip, QUAD_OUTPUT_SKIP);
HAS_OFFSET(QuadLines, input_skip, QUAD_INPUT_SKIP);
HAS_OFFSET(QuadLines, shift, QUAD_SHIFT);
HAS_OFFSET(QuadLines, low, QUAD_LOW);
HAS_OFFSET(QuadLines, high, QUAD_HIGH);
HAS_OFFSET(QuadLines, rounds, QUAD_ROUNDS);
HAS_OFFSET(QuadLines, flags, QUAD_FLAGS);
HAS_OFFSET(QuadLines, run_count, QUAD_RUNS);
HAS_OFFSET(QuadLines, runs, QUAD_RUN);
HAS_OFFSET(LineRun, offset, RUN_OFFSET);
HAS_OFFSET(LineRun, down, RUN_DOWN);
HAS_OFFSET(LineRun, next, RUN_NEXT);
HAS_OFFSET(LineRun, mask, RUN_MASK);
HAS_OFFSET(LineRun, lines, RUN_LINES);
_Static_assert(sizeof(struct LineRun) == RUN_BYTES, "depthwise_3x3.h");

#define DECLARE_KERNELS(stride, input)                                                     \
    QuadKernel depthwise_3x3_##stride##_##input##_8, depthwise_3x3_##stride##_##input##_4, \
        depthwise_3x3_##stride##_##input##_2
DECLARE_KERNELS(1, u8);
DECLARE_KERNELS(1, s8);
DECLARE_KERNELS(1, u4);
DECLARE_KERNELS(1, s4);
DECLARE_KERNELS(1, u2);
DECLARE_KERNELS(1, s2);
DECLARE_KERNELS(2, u8);
DECLARE_KERNELS(2, s8);
DECLARE_KERNELS(2, u4);
DECLARE_KERNELS(2, s4);
DECLARE_KERNELS(2, u2);
DECLARE_KERNELS(2, s2);

// Instances that a program does not need are not linked (selection.h).
#define OUTPUT(input, result, kernel)                                                          \
    (KERNELS_HAVE(KERNELS_DEPTHWISE, input) && KERNELS_HAVE(KERNELS_DEPTHWISE_RESULTS, result) \
         ? (kernel)                                                                            \
         : (QuadKernel*)0)
#define OUTPUTS(stride, input, number)                               \
    {                                                                \
        OUTPUT(number, 0, depthwise_3x3_##stride##_##input##_2),     \
            OUTPUT(number, 1, depthwise_3x3_##stride##_##input##_4), \
            OUTPUT(number, 2, depthwise_3x3_##stride##_##input##_8), \
    }
#define INPUTS(stride, sign, first)                                             \
    {                                                                           \
        OUTPUTS(stride, sign##2, first), OUTPUTS(stride, sign##4, (first) + 1), \
            OUTPUTS(stride, sign##8, (first) + 2)                               \
    }

static QuadKernel* choose_kernel(const struct Depthwise* d) {
    // [stride - 1][signed activations][their width][width of results]; widths 2, 4, 8
    static QuadKernel* const kernels[2][2][3][3] = {{INPUTS(1, u, 0), INPUTS(1, s, 3)},
                                                    {INPUTS(2, u, 0), INPUTS(2, s, 3)}};
    const struct Precision* const p = &d->precision;
    return kernels[d->window.stride_x - 1][p->activation_signed][p->activation_bits >> 2]
                  [p->output_bits >> 2];
}

// Columns of a line's last window that lie outside the input.
static uint32_t pad_right(const struct Window* w) {
    const uint32_t last = (window_output_width(w) - 1) * w->stride_x + 3;
    return last > w->pad_left + w->width ? last - w->pad_left - w->width : 0;
}

bool is_depthwise_3x3(const struct Window* w) {
    return w->kernel_height == 3 && w->kernel_width == 3 && w->stride_y == w->stride_x &&
           w->stride_x <= 2 && w->pad_left <= 1 && w->pad_top <= 2 && w->pad_bottom <= 2 &&
           pad_right(w) <= 1 && window_output_width(w) > pad_right(w);
}

// What all lines of the layer share.
struct Shape {
    uint32_t pixel, pitch;  // bytes from pixel to pixel, from line to line of the input
    uint32_t height, output_line;
    uint32_t group;  // channels that one core computes at least: those of whole bytes
    QuadKernel* kernel;
};

// A line of the output: steps that read all their columns, and what lies at its ends.
static void plan_line(const struct Depthwise* d, const struct Shape* s, struct QuadLines* lines) {
    const struct Window* const w = &d->window;
    const uint32_t width = window_output_width(w);
    const uint32_t right = pad_right(w);
    const uint32_t steps = width - right;
    const uint32_t columns =  // that are read
        3 - w->stride_x - w->pad_left + steps * w->stride_x + (w->stride_x - 1) * right;
    lines->rounds = w->stride_x == 1 ? (steps + 1) / 2 : steps;
    lines->flags = (steps & 1 ? FLAG_ODD : 0) | (right != 0 ? FLAG_PAD_RIGHT : 0) |
                   (w->pad_left != 0 ? FLAG_PAD_LEFT : 0);
    lines->input_skip = w->stride_y * s->pitch - columns * s->pixel;
    lines->output_step = w->channels * d->precision.output_bits / 8;
    lines->output_skip = s->output_line - width * lines->output_step;
    lines->shift = d->requantisation.shift - 16;
    lines->low = lowest_result(&d->precision, &d->requantisation);
    lines->high = highest_result(&d->precision, &d->requantisation);
}

// Bytes `first` .. `end` - 1 of a word.
static uint32_t mask_of(uint32_t first, uint32_t end) {
    return first < end ? (1u << (8 * end)) - (1u << (8 * first)) : 0;
}

// The run that begins with line y and ends before line `end`.
static struct LineRun run_of(const struct Window* w, const struct Shape* s, uint32_t y,
                             uint32_t end) {
    const struct Inside inside = window_inside(w, y, 0);
    const uint32_t mask = mask_of(inside.first_y, inside.end_y);
    const uint32_t top = mask == 0 ? 0 : (uint32_t)(inside.y + (int32_t)inside.first_y);
    struct LineRun run = {.offset = top * s->pitch, .mask = mask, .lines = 1};
    run.down[0] = (mask & 0xFFFF) == 0xFFFF ? s->pitch : 0;
    run.down[1] = mask >> 8 == 0xFFFF ? s->pitch : 0;
    run.next = s->pixel - run.down[0] - run.down[1];
    if (mask == 0xFFFFFF) {
        const uint32_t last = (w->height + w->pad_top - 3) / w->stride_y;
        run.lines = p_minu(last + 1, end) - y;
    }
    return run;
}

// Weights of a group of channels as bytes.
static void widen_weights(const struct Depthwise* d, uint32_t channel, uint32_t channels,
                          uint8_t bytes[4][9]) {
    const uint8_t* row = d->weights + channel * d->weight_pitch;
    for (uint32_t c = 0; c < channels; ++c, row += d->weight_pitch) {
        for (uint32_t tap = 0; tap < 9; ++tap) {
            bytes[c][tap] = (uint8_t)packed_get(row, tap, d->precision.weight_bits, true);
        }
    }
}

// The planned lines of some channels, all of them at once if their weights are bytes.
static void compute_channels(const struct Depthwise* d, const struct Shape* s,
                             struct QuadLines* lines, uint32_t channel, uint32_t channels) {
    const bool is_wide = d->precision.weight_bits == 8;
    const uint32_t at_once = is_wide ? channels : s->group;
    uint8_t* const output = lines->output;
    uint8_t bytes[4][9];
    for (uint32_t end = channel + channels; channel < end; channel += at_once) {
        if (!is_wide) {
            widen_weights(d, channel, at_once, bytes);
        }
        lines->weights = is_wide ? d->weights + channel * d->weight_pitch : bytes[0];
        lines->weight_pitch = is_wide ? d->weight_pitch : sizeof bytes[0];
        lines->pairs = at_once / 2;
        lines->scales = d->requantisation.scales + channel;
        lines->input = d->input + channel * d->precision.activation_bits / 8;
        lines->output = output + channel * d->precision.output_bits / 8;
        s->kernel(lines);
    }
}

// Lines y .. end - 1 of some channels.
static void compute_lines(const struct Depthwise* d, const struct Shape* s, struct QuadLines* lines,
                          struct Range channels, struct Range y) {
    lines->output = d->output + y.begin * s->output_line;
    lines->run_count = 0;
    while (y.begin < y.end) {
        const struct LineRun run = run_of(&d->window, s, y.begin, y.end);
        lines->runs[lines->run_count++] = run;
        y.begin += run.lines;
    }
    compute_channels(d, s, lines, channels.begin, channels.end - channels.begin);
}

// Lines of the output, counted over all groups of channels: the rest of a group, whole groups, the
// beginning of one.
static void compute_share(const struct Depthwise* d, const struct Shape* s, struct QuadLines* lines,
                          struct Range share) {
    for (uint32_t next; share.begin < share.end; share.begin = next) {
        const uint32_t group = quotient(share.begin, s->height);
        const uint32_t first = share.begin - group * s->height;
        const uint32_t left = share.end - share.begin;
        const uint32_t whole = first == 0 ? quotient(left, s->height) : 0;
        const uint32_t groups = whole != 0 ? whole : 1;
        const uint32_t end = whole != 0 ? s->height : p_minu(first + left, s->height);
        const uint32_t channel = group * s->group;
        next = whole != 0 ? share.begin + whole * s->height : share.begin + end - first;
        compute_lines(d, s, lines, (struct Range){channel, channel + groups * s->group},
                      (struct Range){first, end});
    }
}

void depthwise_3x3(const struct Depthwise* d, uint32_t worker, uint32_t workers) {
    const struct Window* const w = &d->window;
    const struct Precision* const p = &d->precision;
    const uint32_t pixel = w->channels * p->activation_bits / 8;
    const struct Shape s = {
        .pixel = pixel,
        .pitch = w->width * pixel,
        .height = window_output_height(w),
        .output_line = window_output_width(w) * w->channels * p->output_bits / 8,
        .group = p->activation_bits == 2 || p->output_bits == 2 ? 4 : 2,
        .kernel = choose_kernel(d)};
    kernel_check(s.kernel != NULL, "depthwise: the program was linked without its kernel");
    struct QuadLines lines;
    plan_line(d, &s, &lines);
    compute_share(d, &s, &lines, share_of(w->channels / s.group * s.height, worker, workers));
}
