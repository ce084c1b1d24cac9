// SPDX-License-Identifier: Apache-2.0
#include "depthwise.h"

#include "check.h"
#include "quad.h"
#include "share.h"

enum { kMaxWords = kDepthwiseMaxTaps / 4 };

// Kernels of four channels as bytes, four taps a word, with zeros at the end.
struct Taps {
    uint32_t words;
    uint32_t weights[kMaxWords][4];  // [word][channel]
};

static uint32_t tap_word(const struct Depthwise* d, const uint8_t* row, uint32_t first) {
    const uint32_t taps = d->window.kernel_height * d->window.kernel_width;
    int32_t values[4];
    for (uint32_t i = 0; i < 4; ++i) {
        values[i] =
            first + i < taps ? packed_get(row, first + i, d->precision.weight_bits, true) : 0;
    }
    return quad_of(values);
}

static void read_taps(const struct Depthwise* d, uint32_t channel, struct Taps* taps) {
    taps->words = (d->window.kernel_height * d->window.kernel_width + 3) / 4;
    for (uint32_t c = 0; c < 4; ++c) {
        const uint8_t* const row = d->weights + (channel + c) * d->weight_pitch;
        for (uint32_t i = 0; i < taps->words; ++i) {
            taps->weights[i][c] = tap_word(d, row, 4 * i);
        }
    }
}

static inline bool is_whole(const struct Window* w, const struct Inside* inside) {
    return inside->end_y - inside->first_y == w->kernel_height &&
           inside->end_x - inside->first_x == w->kernel_width;
}

static void clear_words(uint32_t* words, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
        words[i] = 0;
        __asm__ volatile("");  // stays a loop over words; the library's memset goes by bytes
    }
}

// The window's inputs of four channels, a word a tap; outside the input they are zeros.
KERNEL_INLINE void read_inputs(const struct Depthwise* d, const struct Inside* inside,
                               const uint8_t* corner, uint32_t* inputs, uint32_t bits,
                               bool is_signed) {
    const struct Window* const w = &d->window;
    const uint32_t pixel = w->channels * bits / 8;
    const uint32_t line = w->width * pixel;
    for (uint32_t y = inside->first_y; y < inside->end_y; ++y) {
        const uint8_t* address = corner + y * line + inside->first_x * pixel;
        uint32_t* input = inputs + y * w->kernel_width + inside->first_x;
        for (uint32_t x = inside->first_x; x < inside->end_x; ++x, address += pixel) {
            *input++ = quad_load(address, bits, is_signed);
        }
    }
}

KERNEL_INLINE void multiply(const uint32_t* inputs, const struct Taps* taps, bool is_signed,
                            uint32_t sums[4]) {
    for (uint32_t i = 0; i < taps->words; ++i) {
        uint32_t columns[4];
        quad_transpose(&inputs[4 * i], columns);
        FOR_EACH_CHANNEL(c) {
            const uint32_t weights = taps->weights[i][c];
            sums[c] = is_signed ? pv_sdotsp_b(sums[c], columns[c], weights)
                                : pv_sdotusp_b(sums[c], columns[c], weights);
        }
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
                           .low = lowest_of(bits, d->precision.output_signed),
                           .high = highest_of(bits, d->precision.output_signed),
                           .shift = d->requantisation.shift,
                           .bits = bits,
                           .step = d->window.channels * bits / 8};
}

// One line of the output of four channels. Inlined for each kind of input.
KERNEL_INLINE void compute_line(const struct Depthwise* d, const struct Taps* taps,
                                uint32_t* inputs, uint32_t channel, uint32_t y, uint32_t bits,
                                bool is_signed) {
    const struct Window* const w = &d->window;
    struct Inside inside = window_inside(w, y, 0);
    struct Finish f = finish_of(d, channel, y);
    const uint32_t pixel = w->channels * bits / 8;
    const uint8_t* corner =
        d->input + channel * bits / 8 + (uint32_t)(inside.y * (int32_t)w->width + inside.x) * pixel;
    for (uint32_t x = window_output_width(w); x != 0; --x) {
        inside.first_x = window_first(inside.x);
        inside.end_x = window_end(inside.x, w->kernel_width, w->width);
        if (!is_whole(w, &inside)) {
            clear_words(inputs, 4 * taps->words);  // what is outside the input
        }
        read_inputs(d, &inside, corner, inputs, bits, is_signed);
        uint32_t sums[4] = {(uint32_t)f.scales[0].bias, (uint32_t)f.scales[1].bias,
                            (uint32_t)f.scales[2].bias, (uint32_t)f.scales[3].bias};
        multiply(inputs, taps, is_signed, sums);
        finish(&f, sums);
        inside.x += (int32_t)w->stride;
        corner += w->stride * pixel;
    }
}

static void compute_any_line(const struct Depthwise* d, const struct Taps* taps, uint32_t* inputs,
                             uint32_t channel, uint32_t y) {
    const bool is_signed = d->precision.activation_signed;
    if (d->precision.activation_bits == 8 && !is_signed) {
        compute_line(d, taps, inputs, channel, y, 8, false);
    } else if (d->precision.activation_bits == 8) {
        compute_line(d, taps, inputs, channel, y, 8, true);
    } else if (d->precision.activation_bits == 4) {
        compute_line(d, taps, inputs, channel, y, 4, is_signed);
    } else {
        compute_line(d, taps, inputs, channel, y, 2, is_signed);
    }
}

// Lines begin .. end - 1 of the output, counted over all groups of four channels.
static void compute_lines(const struct Depthwise* d, struct Range share) {
    const uint32_t height = window_output_height(&d->window);
    struct Taps taps;
    uint32_t inputs[kDepthwiseMaxTaps];
    clear_words(inputs, kDepthwiseMaxTaps);  // behind the last tap they stay zeros
    for (uint32_t line = share.begin; line < share.end;) {
        const uint32_t quad = line / height;
        const uint32_t end = (quad + 1) * height < share.end ? (quad + 1) * height : share.end;
        read_taps(d, 4 * quad, &taps);
        for (; line < end; ++line) {
            compute_any_line(d, &taps, inputs, 4 * quad, line - quad * height);
        }
    }
}

void depthwise(const struct Depthwise* d, uint32_t worker, uint32_t workers) {
    const struct Window* const w = &d->window;
    kernel_check(w->channels % 4 == 0, "depthwise: channels must be a multiple of 4");
    kernel_check(w->kernel_height * w->kernel_width <= kDepthwiseMaxTaps,
                 "depthwise: the kernel has more than kDepthwiseMaxTaps taps");
    kernel_check(is_shift_valid(&d->precision, d->requantisation.shift),
                 "depthwise: shift must be 16..31 for 8-bit outputs, 24 for narrower ones");
    compute_lines(d, share_of(w->channels / 4 * window_output_height(w), worker, workers));
}
