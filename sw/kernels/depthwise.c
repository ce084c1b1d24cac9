// SPDX-License-Identifier: Apache-2.0
#include "depthwise.h"

#include "check.h"
#include "depthwise_3x3.h"
#include "depthwise_lines.h"
#include "quad.h"
#include "share.h"

enum { kSlackBytes = 16, kMaxRowWords = 2 };

// What is constant for all lines of a layer, and where this core's copies lie.
struct Plan {
    const struct Depthwise* d;
    uint32_t row_words, words;  // of a channel's weights: four taps each, in pairs
    uint32_t rows, pitch;       // of the copied inputs of a channel: rows, bytes from row to row
    uint32_t skew;              // where windows begin in them, so that pixels lie on words
    uint32_t out_width, out_height, lines;
    uint32_t pixel;   // bytes from pixel to pixel of the input
    uint8_t* taps;    // [4 channels][words]
    uint8_t* inputs;  // [4 channels][rows][pitch]
    uint8_t* bytes;   // narrow results before they are packed: [lines][out_width][4 channels]
};

static uint32_t round_up(uint32_t bytes) { return (bytes + 3) & ~3u; }

static uint32_t input_bytes(const struct Plan* p) { return 4 * p->rows * p->pitch + kSlackBytes; }

static struct Plan plan_of(const struct Depthwise* d) {
    const struct Window* const w = &d->window;
    struct Plan p = {.d = d,
                     .row_words = (w->kernel_width + 3) / 4,
                     .out_width = window_output_width(w),
                     .out_height = window_output_height(w),
                     .pixel = w->channels * d->precision.activation_bits / 8};
    p.words = (p.row_words * w->kernel_height + 1) & ~1u;
    p.lines = p_minu(d->lines, p.out_height);
    // A kernel of an odd number of words reads one more row.
    p.rows = (p.lines - 1) * w->stride_y + w->kernel_height + (p.words & 1);
    const uint32_t read = (p.out_width - 1) * w->stride_x + 4 * p.row_words;
    p.skew = -w->pad_left & 3;
    p.pitch = round_up(p.skew + p_maxu(read, w->pad_left + w->width)) + 4;
    return p;
}

// Of one core: weights, inputs, narrow results.
static uint32_t own_bytes(const struct Plan* p) {
    const bool is_narrow = p->d->precision.output_bits != 8;
    const uint32_t results = is_narrow ? 4 * p->lines * p->out_width : 0;
    return 16 * p->words + input_bytes(p) + p->pitch + results;
}

uint32_t depthwise_workspace_bytes(const struct Depthwise* d, uint32_t workers) {
    const struct Plan p = plan_of(d);
    const bool is_small = is_depthwise_3x3(&d->window) && d->filling == 0;
    return is_small ? 0 : workers * own_bytes(&p);
}

static void place(struct Plan* p, uint32_t worker) {
    p->taps = p->d->workspace + worker * own_bytes(p);
    p->inputs = p->taps + 16 * p->words;
    p->bytes = p->inputs + input_bytes(p) + p->pitch;
}

// --- copies

// A word that begins anywhere.
static uint32_t load(const uint8_t* from) { return *(const uint32_t*)(const void*)from; }
static void store(uint8_t* to, uint32_t word) { *(uint32_t*)(void*)to = word; }

static void clear(uint8_t* to, uint32_t words) {
    for (; words != 0; --words, to += 4) {
        store(to, 0);
    }
}

// Weights of a channel, rows filled up with zeros. Those of bytes read a little behind them.
static void copy_bytes_of_taps(const struct Plan* p, uint8_t* to, const uint8_t* row) {
    const uint32_t width = p->d->window.kernel_width;
    const uint32_t last =
        0xFFFFFFFFu >> ((32 - 8 * (width & 3)) & 31);  // bytes of the last word of a row
    for (uint32_t y = p->d->window.kernel_height; y != 0; --y, row += width) {
        const uint8_t* from = row;
        for (uint32_t n = p->row_words; n != 1; --n, to += 4, from += 4) {
            store(to, load(from));
        }
        store(to, load(from) & last);
        to += 4;
    }
}

static void copy_narrow_taps(const struct Plan* p, uint8_t* to, const uint8_t* row) {
    const struct Window* const w = &p->d->window;
    uint32_t tap = 0;
    for (uint32_t y = w->kernel_height; y != 0; --y, to += 4 * p->row_words) {
        for (uint32_t x = 0; x < w->kernel_width; ++x, ++tap) {
            to[x] = (uint8_t)packed_get(row, tap, p->d->precision.weight_bits, true);
        }
    }
}

static void copy_taps(const struct Plan* p, uint32_t channel) {
    const struct Depthwise* const d = p->d;
    const uint8_t* row = d->weights + channel * d->weight_pitch;
    uint8_t* to = p->taps;
    clear(to, 4 * p->words);
    for (uint32_t i = 0; i < 4; ++i, to += 4 * p->words, row += d->weight_pitch) {
        if (d->precision.weight_bits == 8) {
            copy_bytes_of_taps(p, to, row);
        } else {
            copy_narrow_taps(p, to, row);
        }
    }
}

// A row of inputs of four channels becomes a row of each. The last pixels may be behind the row.
KERNEL_INLINE void copy_pixels(const struct Plan* p, uint8_t* to, const uint8_t* from,
                               uint32_t bits, bool is_signed) {
    const uint32_t plane = p->rows * p->pitch, pixel = p->pixel;
    uint8_t* each[4] = {to, to + plane, to + 2 * plane, to + 3 * plane};
    for (uint32_t left = (p->d->window.width + 3) / 4; left != 0; --left) {
        uint32_t pixels[4], channels[4];
        FOR_EACH_CHANNEL(i) {
            pixels[i] = quad_load(from, bits, is_signed);
            from += pixel;
        }
        quad_transpose(pixels, channels);
        FOR_EACH_CHANNEL(i) {
            store(each[i], channels[i]);
            each[i] += 4;
        }
    }
}

static void copy_any_pixels(const struct Plan* p, uint8_t* to, const uint8_t* from) {
    const uint32_t bits = p->d->precision.activation_bits;
    const bool is_signed = p->d->precision.activation_signed;
    if (bits == 8) {
        copy_pixels(p, to, from, 8, false);
    } else if (bits == 4) {
        copy_pixels(p, to, from, 4, is_signed);
    } else {
        copy_pixels(p, to, from, 2, is_signed);
    }
}

// Words of a row that lie outside of the input, of all rows of a channel or of one row of four.
static void fill(const struct Plan* p, uint8_t* row, uint32_t begin, uint32_t end, uint32_t rows,
                 uint32_t pitch) {
    const uint32_t filling = p->d->filling;
    for (; rows != 0; --rows, row += pitch) {
        for (uint32_t x = begin; x < end; x += 4) {
            store(row + x, filling);
        }
    }
}

static uint32_t first_pixel(const struct Plan* p) { return p->skew + p->d->window.pad_left; }

// What lies beside the pixels stays from copy to copy.
static void fill_margins(const struct Plan* p) {
    const uint32_t end = round_up(first_pixel(p) + p->d->window.width);
    fill(p, p->inputs, 0, first_pixel(p), 4 * p->rows, p->pitch);
    fill(p, p->inputs, end, p->pitch, 4 * p->rows, p->pitch);
}

// Inputs of `lines` lines of the output from line y on.
static void copy_inputs(const struct Plan* p, uint32_t channel, uint32_t y, uint32_t lines) {
    const struct Window* const w = &p->d->window;
    const uint32_t plane = p->rows * p->pitch, line = w->width * p->pixel;
    const uint8_t* const from = p->d->input + channel * p->d->precision.activation_bits / 8;
    uint32_t in_y = y * w->stride_y - w->pad_top;  // wraps above the input
    uint8_t* to = p->inputs;
    for (uint32_t i = (lines - 1) * w->stride_y + w->kernel_height; i != 0; --i, ++in_y) {
        uint8_t* const pixels = to + first_pixel(p);
        if (in_y >= w->height) {
            fill(p, to, 0, p->pitch, 4, plane);
        } else {
            copy_any_pixels(p, pixels, from + in_y * line);
            if (w->width & 3) {
                fill(p, pixels, w->width, w->width + 1, 4, plane);
            }
        }
        to += p->pitch;
    }
}

// --- lines of one channel

static void compute_in_registers(const struct ChannelLines* l, bool is_signed) {
    if (is_signed) {
        depthwise_lines_s8(l);
    } else {
        depthwise_lines_u8(l);
    }
}

// Kernels that do not fit the registers: row by row of the window.
static int32_t any_sum(const struct Plan* p, const struct ChannelLines* l, const uint8_t* corner) {
    const bool is_signed = p->d->precision.activation_signed;
    const uint32_t* weights = l->weights;
    uint32_t sum = (uint32_t)l->bias;
    for (uint32_t y = p->d->window.kernel_height; y != 0; --y, corner += p->pitch) {
        const uint32_t* inputs = (const uint32_t*)(const void*)corner;
        for (uint32_t n = p->row_words; n != 0; --n, ++inputs, ++weights) {
            sum = is_signed ? pv_sdotsp_b(sum, *inputs, *weights)
                            : pv_sdotusp_b(sum, *inputs, *weights);
        }
    }
    return (int32_t)(sum * (uint32_t)l->factor) >> l->shift;
}

static void compute_any(const struct Plan* p, const struct ChannelLines* l) {
    const struct Window* const w = &p->d->window;
    uint8_t* output = l->output;
    for (uint32_t y = 0; y < l->count; ++y, output += l->output_skip) {
        const uint8_t* corner = l->input + y * w->stride_y * p->pitch;
        for (uint32_t x = l->outputs; x != 0; --x, corner += w->stride_x) {
            *output = (uint8_t)p_min(p_max(any_sum(p, l, corner), l->low), l->high);
            output += l->output_step;
        }
    }
}

// What does not change from channel to channel.
static struct ChannelLines lines_of(const struct Plan* p, uint32_t lines) {
    const struct Depthwise* const d = p->d;
    const struct Window* const w = &d->window;
    const bool is_narrow = d->precision.output_bits != 8;
    const uint32_t step = is_narrow ? 4 : w->channels;
    struct ChannelLines l = {.pairs = p->words / 2,
                             .outputs = p->out_width,
                             .count = lines,
                             .input_skip = w->stride_y * p->pitch - p->out_width * w->stride_x,
                             .output_skip = 0,
                             .output_step = step,
                             .shift = d->requantisation.shift,
                             .low = lowest_result(&d->precision, &d->requantisation),
                             .high = highest_result(&d->precision, &d->requantisation)};
    l.step[0] = p->row_words == 1 ? p->pitch : 4;
    l.step[1] = p->row_words == 1 ? p->pitch : p->pitch - 4;
    l.next = w->stride_x - l.pairs * (l.step[0] + l.step[1]);
    return l;
}

// Narrow results from their bytes.
static void pack(const struct Plan* p, uint8_t* output, uint32_t lines) {
    const uint32_t bits = p->d->precision.output_bits;
    const uint32_t step = p->d->window.channels * bits / 8;
    const uint32_t* from = (const uint32_t*)(const void*)p->bytes;
    for (uint32_t i = lines * p->out_width; i != 0; --i, ++from, output += step) {
        quad_store(output, bits, *from);
    }
}

// `lines` lines of the output of four channels, from line y on.
static void compute_lines(const struct Plan* p, uint32_t channel, uint32_t y, uint32_t lines) {
    const struct Depthwise* const d = p->d;
    const bool is_narrow = d->precision.output_bits != 8;
    const uint32_t first = y * p->out_width * d->window.channels + channel;
    uint8_t* const output = d->output + first * d->precision.output_bits / 8;
    struct ChannelLines l = lines_of(p, lines);
    copy_inputs(p, channel, y, lines);
    for (uint32_t i = 0; i < 4; ++i) {
        const struct ChannelScale scale = d->requantisation.scales[channel + i];
        l.input = p->inputs + i * p->rows * p->pitch + p->skew;
        l.output = (is_narrow ? p->bytes : output) + i;
        l.weights = (const uint32_t*)(const void*)(p->taps + 4 * i * p->words);
        l.bias = scale.bias;
        l.factor = scale.multiplier;
        if (p->row_words <= kMaxRowWords && l.pairs <= LINES_MAX_PAIRS) {
            compute_in_registers(&l, d->precision.activation_signed);
        } else {
            compute_any(p, &l);
        }
    }
    if (is_narrow) {
        pack(p, output, lines);
    }
}

// Lines begin .. end - 1 of the output, counted over all groups of four channels.
static void compute_share(const struct Plan* p, struct Range share) {
    uint32_t quad = quotient(share.begin, p->out_height);
    uint32_t y = share.begin - quad * p->out_height;
    for (uint32_t left = share.end - share.begin; left != 0; ++quad, y = 0) {
        const uint32_t end = p_minu(y + left, p->out_height);
        left -= end - y;
        copy_taps(p, 4 * quad);
        for (uint32_t lines; y < end; y += lines) {
            lines = p_minu(end - y, p->lines);
            compute_lines(p, 4 * quad, y, lines);
        }
    }
}

void depthwise(const struct Depthwise* d, uint32_t worker, uint32_t workers) {
    const struct Window* const w = &d->window;
    kernel_check(w->channels % 4 == 0, "depthwise: channels must be a multiple of 4");
    kernel_check(is_shift_valid(&d->precision, d->requantisation.shift),
                 "depthwise: shift must be 16..31 for 8-bit outputs, 24 for narrower ones");
    if (is_depthwise_3x3(w) && d->filling == 0) {
        depthwise_3x3(d, worker, workers);
        return;
    }
    kernel_check(d->lines != 0 && ((uint32_t)d->workspace & 3) == 0,
                 "depthwise: lines and a word-aligned workspace are needed");
    struct Plan p = plan_of(d);
    place(&p, worker);
    fill_margins(&p);
    compute_share(&p, share_of(w->channels / 4 * p.out_height, worker, workers));
}
