// SPDX-License-Identifier: Apache-2.0
#include "pooling.h"

#include "check.h"
#include "quad.h"
#include "share.h"

// The part of a window that lies inside of the input, for the first channel.
struct Taps {
    const uint8_t* first;
    uint32_t rows, columns;
    uint32_t line, pixel;  // bytes from row to row, from tap to tap
};

static struct Taps taps_of(const struct Pooling* p, uint32_t y, uint32_t x) {
    const struct Window* const w = &p->window;
    const struct Inside inside = window_inside(w, y, x);
    const uint32_t pixel = w->channels * p->bits / 8;
    const uint32_t top = (uint32_t)inside.y + inside.first_y;
    const uint32_t left = (uint32_t)inside.x + inside.first_x;
    return (struct Taps){
        .first = p->input + (top * w->width + left) * pixel,
        .rows = inside.end_y > inside.first_y ? inside.end_y - inside.first_y : 0,
        .columns = inside.end_x > inside.first_x ? inside.end_x - inside.first_x : 0,
        .line = w->width * pixel,
        .pixel = pixel};
}

// The largest numbers of four channels. Narrow ones are bytes with a sign in any case.
KERNEL_INLINE uint32_t max_quad(const struct Pooling* p, const struct Taps* t,
                                const uint8_t* address, uint32_t bits, bool is_signed) {
    uint32_t most = 0x01010101 * (uint32_t)(uint8_t)lowest_of(bits, is_signed);
    for (uint32_t y = t->rows; y != 0; --y, address += t->line) {
        const uint8_t* tap = address;
        for (uint32_t x = t->columns; x != 0; --x, tap += t->pixel) {
            const uint32_t quad = quad_load(tap, bits, is_signed);
            most = bits == 8 && !is_signed ? pv_maxu_b(most, quad) : pv_max_b(most, quad);
        }
    }
    (void)p;
    return most;
}

static int32_t average(const struct Pooling* p, uint32_t sum) {
    const uint32_t product = sum * (uint32_t)p->multiplier + (uint32_t)p->bias;
    const int32_t value = (int32_t)product >> p->shift;
    const int32_t low = lowest_of(p->output_bits, p->output_signed);
    const int32_t high = highest_of(p->output_bits, p->output_signed);
    return p_min(p_max(value, low), high);
}

KERNEL_INLINE uint32_t average_quad(const struct Pooling* p, const struct Taps* t,
                                    const uint8_t* address, uint32_t bits, bool is_signed) {
    uint32_t sums[4] = {0, 0, 0, 0};
    for (uint32_t y = t->rows; y != 0; --y, address += t->line) {
        const uint8_t* tap = address;
        for (uint32_t x = t->columns; x != 0; --x, tap += t->pixel) {
            const uint32_t quad = quad_load(tap, bits, is_signed);
            FOR_EACH_CHANNEL(c) {  // a dot product picks and adds a byte
                sums[c] = is_signed ? pv_sdotsp_b(sums[c], quad, 1u << (8 * c))
                                    : pv_sdotup_b(sums[c], quad, 1u << (8 * c));
            }
        }
    }
    int32_t values[4];
    FOR_EACH_CHANNEL(c) { values[c] = average(p, sums[c]); }
    return quad_of(values);
}

// Groups of four channels of all output pixels, one after the other. A function of its own for each
// kind of input.
#define POOL(name, compute, bits, is_signed)                                            \
    static void name(const struct Pooling* p, const struct Taps* t, uint8_t* output,    \
                     uint32_t output_bits, uint32_t quad, uint32_t count) {             \
        const uint8_t* address = t->first + quad * (bits) / 2;                          \
        for (; count != 0; --count, address += (bits) / 2, output += output_bits / 2) { \
            quad_store(output, output_bits, compute(p, t, address, bits, is_signed));   \
        }                                                                               \
    }
POOL(max_u8, max_quad, 8, false)
POOL(max_s8, max_quad, 8, true)
POOL(max_u4, max_quad, 4, false)
POOL(max_s4, max_quad, 4, true)
POOL(max_u2, max_quad, 2, false)
POOL(max_s2, max_quad, 2, true)
POOL(average_u8, average_quad, 8, false)
POOL(average_s8, average_quad, 8, true)
POOL(average_u4, average_quad, 4, false)
POOL(average_s4, average_quad, 4, true)
POOL(average_u2, average_quad, 2, false)
POOL(average_s2, average_quad, 2, true)

typedef void PoolKernel(const struct Pooling*, const struct Taps*, uint8_t* output,
                        uint32_t output_bits, uint32_t quad, uint32_t count);

static PoolKernel* const max_kernels[3][2] = {{max_u2, max_s2}, {max_u4, max_s4}, {max_u8, max_s8}};
static PoolKernel* const average_kernels[3][2] = {
    {average_u2, average_s2}, {average_u4, average_s4}, {average_u8, average_s8}};

static void pool(const struct Pooling* p, uint32_t bits, uint32_t worker, uint32_t workers,
                 PoolKernel* compute) {
    const struct Window* const w = &p->window;
    kernel_check(w->channels % 4 == 0, "pooling: channels must be a multiple of 4");
    const uint32_t quads = w->channels / 4;
    const uint32_t width = window_output_width(w);
    const struct Range share = share_of(window_output_height(w) * width * quads, worker, workers);
    const uint32_t pixel = quotient(share.begin, quads);
    uint32_t quad = share.begin - pixel * quads;
    uint32_t y = quotient(pixel, width), x = pixel - y * width;
    uint8_t* output = p->output + share.begin * bits / 2;
    for (uint32_t left = share.end - share.begin; left != 0; quad = 0) {
        const uint32_t count = p_minu(quads - quad, left);
        const struct Taps taps = taps_of(p, y, x);
        compute(p, &taps, output, bits, quad, count);
        output += count * bits / 2;
        left -= count;
        if (++x == width) {
            x = 0;
            ++y;
        }
    }
}

void average_pooling(const struct Pooling* p, uint32_t worker, uint32_t workers) {
    pool(p, p->output_bits, worker, workers, average_kernels[p->bits >> 2][p->is_signed]);
}

void max_pooling(const struct Pooling* p, uint32_t worker, uint32_t workers) {
    pool(p, p->bits, worker, workers, max_kernels[p->bits >> 2][p->is_signed]);
}
