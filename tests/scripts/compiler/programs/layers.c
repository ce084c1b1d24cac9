// SPDX-License-Identifier: Apache-2.0
// Layers of networks as users write them: products of all signs and widths, convolutions, depthwise
// layers, pooling, with and without restrict, odd sizes, strides, clipping and requantisation.
#include "flexv/flexv.h"

#include <stdio.h>
#include <stdlib.h>

#define APART __attribute__((noinline)) static

enum { kRows = 7, kColumns = 9, kDepth = 37, kSide = 13, kChannels = 6 };

static uint8_t ub[1024], vb[1024], ob[1024];
static int8_t sb[1024], tb[1024], qb[1024];
static uint16_t uh[1024], vh[1024];
static int16_t sh[1024], th[1024], oh[1024];
static int32_t sums[1024];

static uint32_t state = 1;
static uint32_t draw(void) { return state = state * 1664525u + 1013904223u, state >> 8; }
static void fill(void) {
    for (int i = 0; i < 1024; ++i) {
        ub[i] = (uint8_t)draw(), vb[i] = (uint8_t)draw(), sb[i] = (int8_t)draw(),
        tb[i] = (int8_t)draw();
        uh[i] = (uint16_t)draw(), vh[i] = (uint16_t)draw(), sh[i] = (int16_t)draw(),
        th[i] = (int16_t)draw();
        ob[i] = 0, qb[i] = 0, oh[i] = 0, sums[i] = 0;
    }
}
static void show(const char* name, const void* from, unsigned bytes) {
    const uint8_t* p = from;
    uint32_t h = 2166136261u;
    for (unsigned i = 0; i < bytes; ++i) {
        h = (h ^ p[i]) * 16777619u;
    }
    printf("%s %08lx\n", name, (unsigned long)h);
}

#define PRODUCT(name, A, B)                                                          \
    APART void name(const A* a, const B* b, int32_t* c, int rows, int cols, int n) { \
        for (int i = 0; i < rows; ++i)                                               \
            for (int j = 0; j < cols; ++j) {                                         \
                int32_t s = 0;                                                       \
                for (int k = 0; k < n; ++k)                                          \
                    s += a[i * n + k] * b[j * n + k];                                \
                c[i * cols + j] = s;                                                 \
            }                                                                        \
    }
PRODUCT(product_u8s8, uint8_t, int8_t)
PRODUCT(product_s8s8, int8_t, int8_t)
PRODUCT(product_u8u8, uint8_t, uint8_t)
PRODUCT(product_s16s16, int16_t, int16_t)
PRODUCT(product_u8s16, uint8_t, int16_t)
APART void product_u16u16(const uint16_t* restrict a, const uint16_t* restrict b,
                          uint32_t* restrict c, int rows, int cols, int n) {
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < cols; ++j) {
            uint32_t s = 0;
            for (int k = 0; k < n; ++k)
                s += (uint32_t)a[i * n + k] * b[j * n + k];
            c[i * cols + j] = s;
        }
}
// Not transposed: columns of b are far apart.
APART void product_plain(const int8_t* restrict a, const int8_t* restrict b, int32_t* restrict c,
                         int rows, int cols, int n) {
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++) {
            int32_t s = 0;
            for (int k = 0; k < n; k++)
                s += a[i * n + k] * b[k * cols + j];
            c[i * cols + j] = s;
        }
}
APART void product_32(const int32_t* a, const int32_t* b, int32_t* c, int n) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            uint32_t s = 0;
            for (int k = 0; k < n; k++)
                s += (uint32_t)a[i * n + k] * (uint32_t)b[k * n + j];
            c[i * n + j] = (int32_t)s;
        }
}
APART void with_zero_points(const uint8_t* a, const uint8_t* b, int32_t* c, int rows, int n, int za,
                            int zb) {
    for (int i = 0; i < rows; ++i) {
        int32_t s = 0;
        for (int k = 0; k < n; ++k)
            s += (a[i * n + k] - za) * (b[k] - zb);
        c[i] = s;
    }
}

static inline uint8_t requantise(int32_t sum, int32_t multiplier, int shift) {
    int32_t x = (int32_t)(((int64_t)sum * multiplier) >> shift);
    if (x < 0)
        x = 0;
    if (x > 255)
        x = 255;
    return (uint8_t)x;
}
static inline int8_t requantise_signed(int32_t sum, int shift) {
    const int32_t x = (sum + (1 << (shift - 1))) >> shift;
    return (int8_t)(x > 127 ? 127 : x < -128 ? -128 : x);
}

APART void convolve(const uint8_t* in, const int8_t* w, const int32_t* bias, uint8_t* out, int size,
                    int channels, int outputs, int stride) {
    const int side = (size - 3) / stride + 1;
    for (int o = 0; o < outputs; o++)
        for (int y = 0; y < side; y++)
            for (int x = 0; x < side; x++) {
                int32_t s = bias[o];
                for (int dy = 0; dy < 3; dy++)
                    for (int dx = 0; dx < 3; dx++)
                        for (int c = 0; c < channels; c++)
                            s += in[((y * stride + dy) * size + x * stride + dx) * channels + c] *
                                 w[((o * 3 + dy) * 3 + dx) * channels + c];
                out[(y * side + x) * outputs + o] = requantise(s, 77, 12);
            }
}
APART void convolve_padded(const int8_t in[kSide][kSide], const int8_t w[5][5],
                           int8_t out[kSide][kSide]) {
    for (int y = 0; y < kSide; ++y)
        for (int x = 0; x < kSide; ++x) {
            int s = 0;
            for (int dy = -2; dy <= 2; ++dy)
                for (int dx = -2; dx <= 2; ++dx)
                    if (y + dy >= 0 && y + dy < kSide && x + dx >= 0 && x + dx < kSide)
                        s += in[y + dy][x + dx] * w[dy + 2][dx + 2];
            out[y][x] = requantise_signed(s, 7);
        }
}
APART void depthwise(const uint8_t* restrict in, const int8_t* restrict w, uint8_t* restrict out,
                     int size, int channels) {
    for (int y = 0; y + 3 <= size; ++y)
        for (int x = 0; x + 3 <= size; ++x)
            for (int c = 0; c < channels; ++c) {
                int32_t s = 0;
                for (int dy = 0; dy < 3; ++dy)
                    for (int dx = 0; dx < 3; ++dx)
                        s += in[((y + dy) * size + x + dx) * channels + c] *
                             w[(dy * 3 + dx) * channels + c];
                out[(y * (size - 2) + x) * channels + c] = requantise(s, 3, 8);
            }
}
APART void maximum_2x2(const int8_t* restrict in, int8_t* restrict out, int size, int channels) {
    for (int y = 0; y + 2 <= size; y += 2)
        for (int x = 0; x + 2 <= size; x += 2)
            for (int c = 0; c < channels; ++c) {
                int8_t m = -128;
                for (int dy = 0; dy < 2; ++dy)
                    for (int dx = 0; dx < 2; ++dx) {
                        const int8_t v = in[((y + dy) * size + x + dx) * channels + c];
                        if (v > m)
                            m = v;
                    }
                out[(y / 2 * (size / 2) + x / 2) * channels + c] = m;
            }
}
APART void average_global(const uint8_t* in, uint8_t* out, int pixels, int channels) {
    for (int c = 0; c < channels; ++c) {
        unsigned s = 0;
        for (int p = 0; p < pixels; ++p)
            s += in[p * channels + c];
        out[c] = (uint8_t)((s + (unsigned)pixels / 2) / (unsigned)pixels);
    }
}
APART void relu(int8_t* a, int n) {
    for (int i = 0; i < n; ++i)
        if (a[i] < 0)
            a[i] = 0;
}
APART void relu6(uint8_t* restrict to, const int8_t* restrict from, int n) {
    for (int i = 0; i < n; ++i)
        to[i] = (uint8_t)(from[i] < 0 ? 0 : from[i] > 96 ? 96 : from[i]);
}
APART void add_saturating(const int8_t* a, const int8_t* b, int8_t* c, int n) {
    for (int i = 0; i < n; ++i) {
        int s = a[i] + b[i];
        if (s > 127)
            s = 127;
        if (s < -128)
            s = -128;
        c[i] = (int8_t)s;
    }
}
APART void residual(const uint8_t* a, const uint8_t* b, uint8_t* c, int n) {
    for (int i = 0; i < n; ++i) {
        const int s = (a[i] * 3 + b[i] * 5) >> 3;
        c[i] = (uint8_t)(s > 255 ? 255 : s);
    }
}
APART int largest(const int16_t* a, int n) {
    int best = 0;
    for (int i = 1; i < n; ++i)
        if (a[i] > a[best])
            best = i;
    return best;
}
APART int32_t norm(const int8_t* a, int n) {
    int32_t s = 0;
    for (int i = 0; i < n; ++i)
        s += a[i] * a[i];
    return s;
}
APART int32_t distance(const uint8_t* a, const uint8_t* b, int n) {
    int32_t s = 0;
    for (int i = 0; i < n; ++i)
        s += abs(a[i] - b[i]);
    return s;
}
APART void shift_all(int16_t* a, int n, int shift) {
    for (int i = 0; i < n; ++i)
        a[i] = (int16_t)(a[i] >> shift);
}
APART void to_sums(const int32_t* from, int8_t* to, int n, int shift) {
    for (int i = 0; i < n; ++i)
        to[i] = requantise_signed(from[i], shift);
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    fill();
    product_u8s8(ub, sb, sums, kRows, kColumns, kDepth);
    show("u8 x s8", sums, sizeof sums);
    product_s8s8(sb + 1, tb, sums, kRows, kColumns, 40);
    show("s8 x s8", sums, sizeof sums);
    product_u8u8(ub + 3, vb + 1, sums, 3, 5, 101);
    show("u8 x u8", sums, sizeof sums);
    product_s16s16(sh, th + 1, sums, 4, 4, 33);
    show("s16 x s16", sums, sizeof sums);
    product_u16u16(uh, vh, (uint32_t*)sums, 4, 4, 32);
    show("u16 x u16", sums, sizeof sums);
    product_u8s16(ub, th, sums, 4, 4, 35);
    show("u8 x s16", sums, sizeof sums);
    product_plain(sb, tb, sums, kRows, kColumns, kDepth);
    show("plain", sums, sizeof sums);
    for (int i = 0; i < 256; ++i)
        sums[i] = (int32_t)draw() - 0x800000;
    product_32(sums, sums + 100, sums + 512, 9);
    show("32 bits", sums, sizeof sums);
    with_zero_points(ub, vb, sums, 8, 50, 128, 7);
    show("zero points", sums, sizeof sums);
    convolve(ub, sb, sums, ob, 9, 5, 4, 1);
    show("convolution", ob, sizeof ob);
    convolve(ub, sb, sums, ob, 9, 8, 3, 2);
    show("stride 2", ob, sizeof ob);
    convolve_padded((const int8_t(*)[kSide])sb, (const int8_t(*)[5])tb, (int8_t(*)[kSide])qb);
    show("padded", qb, sizeof qb);
    depthwise(ub, sb, ob, 8, kChannels);
    show("depthwise", ob, sizeof ob);
    depthwise(ub, sb, ob, 7, 16);
    show("depthwise 16", ob, sizeof ob);
    maximum_2x2(sb, qb, 9, 7);
    show("maximum", qb, sizeof qb);
    average_global(ub, ob, 49, 20);
    show("average", ob, sizeof ob);
    relu(sb + 1, 1001);
    show("relu", sb, sizeof sb);
    fill();
    relu6(ob, sb, 1023);
    show("relu6", ob, sizeof ob);
    add_saturating(sb, tb, qb, 999);
    show("add", qb, sizeof qb);
    add_saturating(sb, tb, sb + 1, 999);
    show("add onto itself", sb, sizeof sb);
    residual(ub, vb, ob, 1021);
    show("residual", ob, sizeof ob);
    printf("%d %ld %ld\n", largest(sh, 1000), (long)norm(tb, 999), (long)distance(ub, vb, 1001));
    shift_all(sh, 1001, 5);
    show("shift", sh, sizeof sh);
    to_sums(sums, qb, 333, 9);
    show("to bytes", qb, sizeof qb);
    return 0;
}
