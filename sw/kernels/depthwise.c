// SPDX-License-Identifier: Apache-2.0
#include "depthwise.h"

#include "check.h"
#include "depthwise_3x3.h"
#include "quad.h"
#include "share.h"

enum { kMaxWords = kDepthwiseMaxTaps / 4 };

// Kernels of four channels as bytes: four taps of a column a word, with zeros at its end.
struct Taps {
    uint32_t column_words, count;
    uint32_t weights[kMaxWords][4];  // [column][word of the column], [channel]
};

// The last columns of inputs, in the same form, in a ring of as many columns as the kernel has.
// Each lies twice, so that from the oldest on all follow one another.
struct Columns {
    uint32_t words[2 * kMaxWords][4];
    uint32_t oldest;  // index of its first word
};

static uint32_t tap_word(const struct Depthwise* d, const uint8_t* row, uint32_t y, uint32_t x) {
    int32_t values[4];
    for (uint32_t i = 0; i < 4; ++i) {
        const uint32_t tap = (y + i) * d->window.kernel_width + x;
        values[i] = y + i < d->window.kernel_height
                        ? packed_get(row, tap, d->precision.weight_bits, true)
                        : 0;
    }
    return quad_of(values);
}

static void read_taps(const struct Depthwise* d, uint32_t channel, struct Taps* taps) {
    taps->column_words = (d->window.kernel_height + 3) / 4;
    taps->count = 0;
    for (uint32_t x = 0; x < d->window.kernel_width; ++x) {
        for (uint32_t y = 0; y < d->window.kernel_height; y += 4, ++taps->count) {
            for (uint32_t c = 0; c < 4; ++c) {
                const uint8_t* const row = d->weights + (channel + c) * d->weight_pitch;
                taps->weights[taps->count][c] = tap_word(d, row, y, x);
            }
        }
    }
}

// What is constant along a line of the output.
struct Line {
    const uint8_t* corner;  // of the window in input column 0, four channels of it
    uint32_t pitch, pixel;  // bytes from line to line, from pixel to pixel of the input
    uint32_t first, rows;   // rows of the window that lie inside the input
};

// Rows y .. y + 3 of a column, a word a channel; outside the input they are zeros.
KERNEL_INLINE void read_column(const struct Line* l, const uint8_t* address, uint32_t y,
                               uint32_t bits, bool is_signed, uint32_t columns[4]) {
    uint32_t rows[4];
    address += y * l->pitch;
    FOR_EACH_CHANNEL(i) {
        rows[i] = y + i - l->first < l->rows ? quad_load(address, bits, is_signed) : 0;
        address += l->pitch;
    }
    quad_transpose(rows, columns);
}

// Input column `x` takes the place of the oldest one.
KERNEL_INLINE void push_column(struct Columns* columns, const struct Depthwise* d,
                               const struct Taps* taps, const struct Line* l, int32_t x,
                               uint32_t bits, bool is_signed) {
    const bool is_inside = (uint32_t)x < d->window.width;
    for (uint32_t i = 0; i < taps->column_words; ++i) {
        uint32_t word[4] = {0, 0, 0, 0};
        if (is_inside) {
            read_column(l, l->corner + (uint32_t)x * l->pixel, 4 * i, bits, is_signed, word);
        }
        FOR_EACH_CHANNEL(c) {
            columns->words[columns->oldest][c] = word[c];
            columns->words[columns->oldest + taps->count][c] = word[c];
        }
        ++columns->oldest;
    }
    if (columns->oldest == taps->count) {
        columns->oldest = 0;
    }
}

// A word of each channel's inputs and weights in each pass: 12 cycles for 16 products. The loads of
// a product lie before the product before it, so that none waits.
#define MULTIPLY(dot)                                                                             \
    __asm__ volatile(                                                                             \
        ".option push\n\t.option norvc\n\t.option norelax\n\t.balign 4\n\t"                       \
        "lp.setup 0, %[count], 1f\n\t"                                                            \
        "p.lw.post %[a], 4, %[inputs]\n\tp.lw.post %[b], 4, %[weights]\n\t"                       \
        "p.lw.post %[c], 4, %[inputs]\n\tp.lw.post %[d], 4, %[weights]\n\t" dot                   \
        " %[s0], %[a], %[b]\n\t"                                                                  \
        "p.lw.post %[a], 4, %[inputs]\n\tp.lw.post %[b], 4, %[weights]\n\t" dot                   \
        " %[s1], %[c], %[d]\n\t"                                                                  \
        "p.lw.post %[c], 4, %[inputs]\n\tp.lw.post %[d], 4, %[weights]\n\t" dot                   \
        " %[s2], %[a], %[b]\n"                                                                    \
        "1:\t" dot " %[s3], %[c], %[d]\n\t.option pop"                                            \
        : [inputs] "+r"(inputs), [weights] "+r"(weights), [s0] "+r"(sums[0]), [s1] "+r"(sums[1]), \
          [s2] "+r"(sums[2]), [s3] "+r"(sums[3]), [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c),       \
          [d] "=&r"(d)                                                                            \
        : [count] "r"(taps->count)                                                                \
        : "memory")

KERNEL_INLINE void multiply(const struct Columns* columns, const struct Taps* taps, bool is_signed,
                            uint32_t sums[4]) {
    const uint32_t(*inputs)[4] = &columns->words[columns->oldest];
    const uint32_t(*weights)[4] = taps->weights;
    uint32_t a, b, c, d;
    if (is_signed) {
        MULTIPLY("pv.sdotsp.b");
    } else {
        MULTIPLY("pv.sdotusp.b");
    }
}

// Where the results of one line go, and how they are made.
struct Finish {
    const struct ChannelScale* scales;
    uint8_t* output;
    int32_t low, high;
    uint32_t shift, bits, step;
};

KERNEL_INLINE void finish(struct Finish* f, const uint32_t sums[4]) {
    int32_t values[4];
    FOR_EACH_CHANNEL(c) {
        const int32_t product = (int32_t)(sums[c] * (uint32_t)f->scales[c].multiplier);
        values[c] = p_min(p_max(product >> f->shift, f->low), f->high);
    }
    quad_store(f->output, f->bits, quad_of(values));
    f->output += f->step;
}

static struct Finish finish_of(const struct Depthwise* d, uint32_t channel, uint32_t y) {
    const uint32_t bits = d->precision.output_bits;
    const uint32_t line = y * window_output_width(&d->window) * d->window.channels;
    return (struct Finish){.scales = d->requantisation.scales + channel,
                           .output = d->output + (line + channel) * bits / 8,
                           .low = lowest_result(&d->precision, &d->requantisation),
                           .high = highest_result(&d->precision, &d->requantisation),
                           .shift = d->requantisation.shift,
                           .bits = bits,
                           .step = d->window.channels * bits / 8};
}

static struct Line line_of(const struct Depthwise* d, uint32_t channel, uint32_t y) {
    const struct Inside inside = window_inside(&d->window, y, 0);
    const uint32_t bits = d->precision.activation_bits;
    const uint32_t pixel = d->window.channels * bits / 8;
    const uint32_t pitch = d->window.width * pixel;
    return (struct Line){.corner = d->input + channel * bits / 8 + (uint32_t)inside.y * pitch,
                         .pitch = pitch,
                         .pixel = pixel,
                         .first = inside.first_y,
                         .rows = inside.end_y - inside.first_y};
}

// One line of the output of four channels. Inlined for each kind of input.
KERNEL_INLINE void compute_line(const struct Depthwise* d, const struct Taps* taps,
                                struct Columns* columns, uint32_t channel, uint32_t y,
                                uint32_t bits, bool is_signed) {
    const int32_t stride = (int32_t)d->window.stride;
    const struct Line l = line_of(d, channel, y);
    struct Finish f = finish_of(d, channel, y);
    int32_t left = -(int32_t)d->window.pad_left;
    int32_t next = left;  // column to read
    columns->oldest = 0;
    for (uint32_t x = window_output_width(&d->window); x != 0; --x, left += stride) {
        for (next = p_max(next, left); next < left + (int32_t)d->window.kernel_width; ++next) {
            push_column(columns, d, taps, &l, next, bits, is_signed);
        }
        uint32_t sums[4] = {(uint32_t)f.scales[0].bias, (uint32_t)f.scales[1].bias,
                            (uint32_t)f.scales[2].bias, (uint32_t)f.scales[3].bias};
        multiply(columns, taps, is_signed, sums);
        finish(&f, sums);
    }
}

static void compute_any_line(const struct Depthwise* d, const struct Taps* taps,
                             struct Columns* columns, uint32_t channel, uint32_t y) {
    const bool is_signed = d->precision.activation_signed;
    if (d->precision.activation_bits == 8 && !is_signed) {
        compute_line(d, taps, columns, channel, y, 8, false);
    } else if (d->precision.activation_bits == 8) {
        compute_line(d, taps, columns, channel, y, 8, true);
    } else if (d->precision.activation_bits == 4) {
        compute_line(d, taps, columns, channel, y, 4, is_signed);
    } else {
        compute_line(d, taps, columns, channel, y, 2, is_signed);
    }
}

// Lines begin .. end - 1 of the output, counted over all groups of four channels.
static void compute_lines(const struct Depthwise* d, struct Range share) {
    const uint32_t height = window_output_height(&d->window);
    struct Taps taps;
    struct Columns columns;
    for (uint32_t line = share.begin; line < share.end;) {
        const uint32_t quad = line / height;
        const uint32_t end = (quad + 1) * height < share.end ? (quad + 1) * height : share.end;
        read_taps(d, 4 * quad, &taps);
        for (; line < end; ++line) {
            compute_any_line(d, &taps, &columns, 4 * quad, line - quad * height);
        }
    }
}

void depthwise(const struct Depthwise* d, uint32_t worker, uint32_t workers) {
    const struct Window* const w = &d->window;
    kernel_check(w->channels % 4 == 0, "depthwise: channels must be a multiple of 4");
    kernel_check((w->kernel_height + 3) / 4 * 4 * w->kernel_width <= kDepthwiseMaxTaps,
                 "depthwise: the kernel has more than kDepthwiseMaxTaps taps");
    kernel_check(is_shift_valid(&d->precision, d->requantisation.shift),
                 "depthwise: shift must be 16..31 for 8-bit outputs, 24 for narrower ones");
    if (is_depthwise_3x3(w)) {
        depthwise_3x3(d, worker, workers);
    } else {
        compute_lines(d, share_of(w->channels / 4 * window_output_height(w), worker, workers));
    }
}
