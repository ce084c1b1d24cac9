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

// The window's inputs of four channels, a word a tap; outside the input they are zeros.
static void read_inputs(const struct Depthwise* d, const struct Inside* inside, uint32_t channel,
                        uint32_t* inputs) {
    const struct Window* const w = &d->window;
    const uint32_t bits = d->precision.activation_bits;
    const uint32_t pixel = w->channels * bits / 8;
    for (uint32_t y = inside->first_y; y < inside->end_y; ++y) {
        const int32_t position = (inside->y + (int32_t)y) * (int32_t)w->width + inside->x;
        const uint8_t* address =
            d->input + (position + (int32_t)inside->first_x) * (int32_t)pixel + channel * bits / 8;
        for (uint32_t x = inside->first_x; x < inside->end_x; ++x, address += pixel) {
            inputs[y * w->kernel_width + x] =
                quad_load(address, bits, d->precision.activation_signed);
        }
    }
}

static bool is_whole(const struct Window* w, const struct Inside* inside) {
    return inside->end_y - inside->first_y == w->kernel_height &&
           inside->end_x - inside->first_x == w->kernel_width;
}

static void multiply(const uint32_t* inputs, const struct Taps* taps, bool is_signed,
                     uint32_t sums[4]) {
    for (uint32_t i = 0; i < taps->words; ++i) {
        uint32_t columns[4];
        quad_transpose(&inputs[4 * i], columns);
        for (uint32_t c = 0; c < 4; ++c) {
            const uint32_t weights = taps->weights[i][c];
            sums[c] = is_signed ? pv_sdotsp_b(sums[c], columns[c], weights)
                                : pv_sdotusp_b(sums[c], columns[c], weights);
        }
    }
}

static void compute_pixel(const struct Depthwise* d, const struct Taps* taps, uint32_t channel,
                          uint32_t* inputs, uint32_t y, uint32_t x) {
    const struct ChannelScale* const scales = d->requantisation.scales + channel;
    const struct Inside inside = window_inside(&d->window, y, x);
    if (!is_whole(&d->window, &inside)) {
        for (uint32_t i = 0; i < 4 * taps->words; ++i) {
            inputs[i] = 0;
        }
    }
    read_inputs(d, &inside, channel, inputs);
    uint32_t sums[4];
    for (uint32_t c = 0; c < 4; ++c) {
        sums[c] = (uint32_t)scales[c].bias;
    }
    multiply(inputs, taps, d->precision.activation_signed, sums);
    int32_t values[4];
    for (uint32_t c = 0; c < 4; ++c) {
        values[c] =
            requantise(&d->precision, d->requantisation.shift, &scales[c], (int32_t)sums[c]);
    }
    const uint32_t bits = d->precision.output_bits;
    const uint32_t pixel = y * window_output_width(&d->window) + x;
    quad_store(d->output + (pixel * d->window.channels + channel) * bits / 8, bits,
               quad_of(values));
}

// Lines begin .. end - 1 of the output, counted over all groups of four channels.
static void compute_lines(const struct Depthwise* d, struct Range share) {
    const uint32_t height = window_output_height(&d->window);
    const uint32_t width = window_output_width(&d->window);
    uint32_t inputs[kDepthwiseMaxTaps] = {0};
    struct Taps taps = {0};
    uint32_t channel = d->window.channels;  // of `taps`
    for (uint32_t line = share.begin; line < share.end; ++line) {
        const uint32_t quad = line / height;
        if (channel != 4 * quad) {
            channel = 4 * quad;
            read_taps(d, channel, &taps);
        }
        for (uint32_t x = 0; x < width; ++x) {
            compute_pixel(d, &taps, channel, inputs, line - quad * height, x);
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
