// SPDX-License-Identifier: Apache-2.0
#include "pooling.h"

#include "check.h"
#include "quad.h"
#include "share.h"

typedef uint32_t Quad(const struct Pooling*, const struct Inside*, uint32_t channel);

static const uint8_t* input_line(const struct Pooling* p, const struct Inside* inside, uint32_t y,
                                 uint32_t channel) {
    const struct Window* const w = &p->window;
    const int32_t position = (inside->y + (int32_t)y) * (int32_t)w->width + inside->x;
    const uint32_t pixel = (uint32_t)(position + (int32_t)inside->first_x);
    return p->input + (pixel * w->channels + channel) * p->bits / 8;
}

static uint32_t max_quad(const struct Pooling* p, const struct Inside* inside, uint32_t channel) {
    const uint32_t step = p->window.channels * p->bits / 8;
    uint32_t most = 0x01010101 * (uint32_t)(uint8_t)lowest_of(p->bits, p->is_signed);
    for (uint32_t y = inside->first_y; y < inside->end_y; ++y) {
        const uint8_t* address = input_line(p, inside, y, channel);
        for (uint32_t x = inside->first_x; x < inside->end_x; ++x, address += step) {
            const uint32_t quad = quad_load(address, p->bits, p->is_signed);
            most = p->is_signed ? pv_max_b(most, quad) : pv_maxu_b(most, quad);
        }
    }
    return most;
}

static int32_t average(const struct Pooling* p, uint32_t sum) {
    const uint32_t product = sum * (uint32_t)p->multiplier + (uint32_t)p->bias;
    const int32_t value = (int32_t)product >> p->shift;
    const int32_t low = lowest_of(p->output_bits, p->output_signed);
    const int32_t high = highest_of(p->output_bits, p->output_signed);
    return value < low ? low : value > high ? high : value;
}

static uint32_t average_quad(const struct Pooling* p, const struct Inside* inside,
                             uint32_t channel) {
    const uint32_t step = p->window.channels * p->bits / 8;
    uint32_t sums[4] = {0, 0, 0, 0};
    for (uint32_t y = inside->first_y; y < inside->end_y; ++y) {
        const uint8_t* address = input_line(p, inside, y, channel);
        for (uint32_t x = inside->first_x; x < inside->end_x; ++x, address += step) {
            const uint32_t quad = quad_load(address, p->bits, p->is_signed);
            FOR_EACH_CHANNEL(c) {  // a dot product picks and adds a byte
                sums[c] = p->is_signed ? pv_sdotsp_b(sums[c], quad, 1u << (8 * c))
                                       : pv_sdotup_b(sums[c], quad, 1u << (8 * c));
            }
        }
    }
    int32_t values[4];
    FOR_EACH_CHANNEL(c) { values[c] = average(p, sums[c]); }
    return quad_of(values);
}

// Groups of four channels of all output pixels, one after the other.
static void pool(const struct Pooling* p, uint32_t bits, uint32_t worker, uint32_t workers,
                 Quad* compute) {
    const struct Window* const w = &p->window;
    kernel_check(w->channels % 4 == 0, "pooling: channels must be a multiple of 4");
    const uint32_t quads = w->channels / 4;
    const uint32_t width = window_output_width(w);
    const struct Range share = share_of(window_output_height(w) * width * quads, worker, workers);
    for (uint32_t i = share.begin; i < share.end; ++i) {
        const uint32_t pixel = i / quads;
        const uint32_t y = pixel / width;
        const struct Inside inside = window_inside(w, y, pixel - y * width);
        const uint32_t quad = compute(p, &inside, 4 * (i - pixel * quads));
        quad_store(p->output + i * bits / 2, bits, quad);
    }
}

void average_pooling(const struct Pooling* p, uint32_t worker, uint32_t workers) {
    pool(p, p->output_bits, worker, workers, average_quad);
}

void max_pooling(const struct Pooling* p, uint32_t worker, uint32_t workers) {
    pool(p, p->bits, worker, workers, max_quad);
}
