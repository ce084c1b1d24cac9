// SPDX-License-Identifier: Apache-2.0
// Pictures: lines, circles, filling, filters, a median, histogram, dithering, colours, scaling, a
// cosine transform, rotation, a fractal, distances, edges, morphology.
#include "flexv/flexv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define APART __attribute__((noinline)) static

enum { kWide = 37, kHigh = 29 };
static uint8_t image[kHigh][kWide], other[kHigh][kWide];
static int16_t field[kHigh][kWide];
static uint16_t colours[kHigh * kWide];
static uint8_t rgb[kHigh * kWide * 3];

static void show(const char* name, const void* from, unsigned bytes) {
    const uint8_t* p = from;
    uint32_t h = 2166136261u;
    while (bytes--)
        h = (h ^ *p++) * 16777619u;
    printf("%s %08lx\n", name, (unsigned long)h);
}
static uint32_t state = 99;
static void noise(void) {
    for (int y = 0; y < kHigh; ++y)
        for (int x = 0; x < kWide; ++x)
            state = state * 1664525u + 1013904223u,
            image[y][x] = (uint8_t)((state >> 24) / 4 + (uint32_t)(x * 3 + y * 4));
}
APART void line(int x0, int y0, int x1, int y1, uint8_t c) {
    const int dx = abs(x1 - x0), sx = x0 < x1 ? 1 : -1, dy = -abs(y1 - y0), sy = y0 < y1 ? 1 : -1;
    int error = dx + dy;
    for (;;) {
        image[y0][x0] = c;
        if (x0 == x1 && y0 == y1)
            break;
        const int e2 = 2 * error;
        if (e2 >= dy)
            error += dy, x0 += sx;
        if (e2 <= dx)
            error += dx, y0 += sy;
    }
}
APART void circle(int cx, int cy, int r, uint8_t c) {
    int x = -r, y = 0, e = 2 - 2 * r;
    do {
        image[cy + y][cx - x] = image[cy - x][cx - y] = image[cy - y][cx + x] =
            image[cy + x][cx + y] = c;
        r = e;
        if (r <= y)
            e += ++y * 2 + 1;
        if (r > x || e > y)
            e += ++x * 2 + 1;
    } while (x < 0);
}
APART int flood(int x, int y, uint8_t c) {
    static uint16_t stack[1200];
    int top = 0, filled = 0;
    const uint8_t old = image[y][x];
    if (old == c)
        return 0;
    stack[top++] = (uint16_t)(y << 8 | x);
    while (top > 0) {
        const int p = stack[--top], px = p & 255, py = p >> 8;
        if (image[py][px] != old)
            continue;
        image[py][px] = c, ++filled;
        if (px > 0 && image[py][px - 1] == old)
            stack[top++] = (uint16_t)(p - 1);
        if (px < kWide - 1 && image[py][px + 1] == old)
            stack[top++] = (uint16_t)(p + 1);
        if (py > 0 && image[py - 1][px] == old)
            stack[top++] = (uint16_t)(p - 256);
        if (py < kHigh - 1 && image[py + 1][px] == old)
            stack[top++] = (uint16_t)(p + 256);
    }
    return filled;
}
APART void sobel(void) {
    for (int y = 1; y < kHigh - 1; ++y)
        for (int x = 1; x < kWide - 1; ++x) {
            const int gx = image[y - 1][x + 1] + 2 * image[y][x + 1] + image[y + 1][x + 1] -
                           image[y - 1][x - 1] - 2 * image[y][x - 1] - image[y + 1][x - 1];
            const int gy = image[y + 1][x - 1] + 2 * image[y + 1][x] + image[y + 1][x + 1] -
                           image[y - 1][x - 1] - 2 * image[y - 1][x] - image[y - 1][x + 1];
            const int m = abs(gx) + abs(gy);
            other[y][x] = (uint8_t)(m > 255 ? 255 : m);
        }
}
APART void blur(void) {
    for (int y = 0; y < kHigh; ++y)
        for (int x = 1; x < kWide - 1; ++x)
            other[y][x] = (uint8_t)((image[y][x - 1] + image[y][x] + image[y][x + 1] + 1) / 3);
}
APART void average_of_two(uint8_t* restrict to, const uint8_t* restrict a,
                          const uint8_t* restrict b, int n) {
    for (int i = 0; i < n; ++i)
        to[i] = (uint8_t)((a[i] + b[i] + 1) >> 1);
}
APART void blend(const uint8_t* a, const uint8_t* b, uint8_t* to, int n, int alpha) {
    for (int i = 0; i < n; ++i)
        to[i] = (uint8_t)((a[i] * alpha + b[i] * (256 - alpha)) >> 8);
}
static int upwards(const void* a, const void* b) { return *(const uint8_t*)a - *(const uint8_t*)b; }
APART void median(void) {
    for (int y = 1; y < kHigh - 1; y += 3)
        for (int x = 1; x < kWide - 1; ++x) {
            uint8_t w[9];
            for (int i = 0; i < 9; ++i)
                w[i] = image[y + i / 3 - 1][x + i % 3 - 1];
            qsort(w, 9, 1, upwards);
            other[y][x] = w[4];
        }
}
APART void equalise(void) {
    uint16_t counts[256] = {0};
    uint8_t map[256];
    const uint8_t* p = &image[0][0];
    for (int i = 0; i < kWide * kHigh; ++i)
        counts[p[i]]++;
    unsigned sum = 0;
    for (int i = 0; i < 256; ++i)
        sum += counts[i], map[i] = (uint8_t)(sum * 255 / (kWide * kHigh));
    for (int i = 0; i < kWide * kHigh; ++i)
        (&other[0][0])[i] = map[p[i]];
}
APART void dither(void) {
    int16_t error[2][kWide + 2] = {{0}};
    for (int y = 0; y < kHigh; ++y) {
        int16_t *now = error[y & 1], *below = error[~y & 1];
        memset(below, 0, sizeof error[0]);
        for (int x = 0; x < kWide; ++x) {
            const int v = image[y][x] + now[x + 1] / 16, bit = v >= 128, e = v - bit * 255;
            other[y][x] = (uint8_t)bit;
            now[x + 2] = (int16_t)(now[x + 2] + e * 7);
            below[x] = (int16_t)(below[x] + e * 3);
            below[x + 1] = (int16_t)(below[x + 1] + e * 5);
            below[x + 2] = (int16_t)(below[x + 2] + e);
        }
    }
}
APART void to_565(const uint8_t* from, uint16_t* to, int n) {
    for (int i = 0; i < n; ++i)
        to[i] = (uint16_t)((from[3 * i] >> 3) << 11 | (from[3 * i + 1] >> 2) << 5 |
                           from[3 * i + 2] >> 3);
}
APART void to_gray(const uint8_t* restrict from, uint8_t* restrict to, int n) {
    for (int i = 0; i < n; ++i)
        to[i] = (uint8_t)((from[3 * i] * 77 + from[3 * i + 1] * 150 + from[3 * i + 2] * 29) >> 8);
}
struct Pixel {
    uint8_t r : 5, g : 6, b : 5;
} __attribute__((packed));
APART unsigned from_bitfields(void) {
    struct Pixel p[20];
    unsigned sum = 0;
    for (unsigned i = 0; i < 20; ++i)
        p[i].r = (uint8_t)i & 31, p[i].g = (uint8_t)(i * 3) & 63, p[i].b = (uint8_t)(31 - i) & 31;
    for (unsigned i = 0; i < 20; ++i)
        sum += p[i].r * 1000u + p[i].g * 100u + p[i].b;
    return sum + sizeof p;
}
APART void scale(int to_wide, int to_high) {
    for (int y = 0; y < to_high; ++y)
        for (int x = 0; x < to_wide; ++x) {
            const int fx = x * ((kWide - 1) << 8) / to_wide, fy = y * ((kHigh - 1) << 8) / to_high,
                      ix = fx >> 8, iy = fy >> 8, ax = fx & 255, ay = fy & 255;
            const int top = image[iy][ix] * (256 - ax) + image[iy][ix + 1] * ax,
                      bottom = image[iy + 1][ix] * (256 - ax) + image[iy + 1][ix + 1] * ax;
            other[y][x] = (uint8_t)((top * (256 - ay) + bottom * ay) >> 16);
        }
}
static const int16_t cosines[8][8] = {
    {91, 91, 91, 91, 91, 91, 91, 91},         {126, 106, 71, 25, -25, -71, -106, -126},
    {118, 49, -49, -118, -118, -49, 49, 118}, {106, -25, -126, -71, 71, 126, 25, -106},
    {91, -91, -91, 91, 91, -91, -91, 91},     {71, -126, 25, 106, -106, -25, 126, -71},
    {49, -118, 118, -49, -49, 118, -118, 49}, {25, -71, 106, -126, 126, -106, 71, -25}};
APART void cosine(const int16_t* in, int16_t* out) {
    int16_t half[64];
    for (int u = 0; u < 8; ++u)
        for (int y = 0; y < 8; ++y) {
            int s = 0;
            for (int x = 0; x < 8; ++x)
                s += in[y * 8 + x] * cosines[u][x];
            half[u * 8 + y] = (int16_t)((s + 128) >> 8);
        }
    for (int v = 0; v < 8; ++v)
        for (int u = 0; u < 8; ++u) {
            int s = 0;
            for (int y = 0; y < 8; ++y)
                s += half[u * 8 + y] * cosines[v][y];
            out[v * 8 + u] = (int16_t)((s + 128) >> 8);
        }
}
APART void turn(void) {
    uint8_t* const to = &other[0][0];
    for (int y = 0; y < kHigh; ++y)
        for (int x = 0; x < kWide; ++x)
            to[x * kHigh + kHigh - 1 - y] = image[y][x];
}
APART unsigned fractal(void) {
    unsigned sum = 0;
    for (int y = -8; y < 8; ++y)
        for (int x = -12; x < 4; ++x) {
            int32_t a = 0, b = 0;
            unsigned n = 0;
            for (; n < 40 && a * a + b * b < 4 << 24; ++n) {
                const int32_t t = ((a * a - b * b) >> 12) + x * 700;
                b = ((2 * a * b) >> 12) + y * 600;
                a = t;
            }
            sum = sum * 5 + n;
        }
    return sum;
}
APART void grow(uint8_t* restrict to, const uint8_t* restrict from, int n) {
    for (int i = 1; i < n - 1; ++i) {
        uint8_t m = from[i];
        if (from[i - 1] > m)
            m = from[i - 1];
        if (from[i + 1] > m)
            m = from[i + 1];
        to[i] = m;
    }
}
APART void gradient(void) {
    for (int y = 0; y < kHigh; ++y)
        for (int x = 0; x + 1 < kWide; ++x)
            field[y][x] = (int16_t)(image[y][x + 1] - image[y][x]);
}
APART void integral(uint32_t table[kHigh + 1][kWide + 1]) {
    for (int y = 0; y < kHigh; ++y) {
        uint32_t row = 0;
        for (int x = 0; x < kWide; ++x)
            row += image[y][x], table[y + 1][x + 1] = table[y][x + 1] + row;
    }
}
APART void threshold(uint8_t* p, int n, int level) {
    for (int i = 0; i < n; ++i)
        p[i] = p[i] >= level ? 255 : 0;
}
APART void invert(uint8_t* p, int n) {
    for (int i = 0; i < n; ++i)
        p[i] = (uint8_t)(255 - p[i]);
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    line(0, 0, 36, 20, 9), line(30, 28, 2, 3, 8), line(5, 28, 5, 0, 7), circle(18, 14, 11, 6);
    printf("filled %d\n", flood(18, 13, 5));
    show("drawn", image, sizeof image);
    noise();
    sobel(), show("sobel", other, sizeof other);
    blur(), show("blur", other, sizeof other);
    average_of_two(&other[0][0], &image[0][0], &image[1][3], 900),
        show("average", other, sizeof other);
    blend(&image[0][0], &image[2][1], &other[0][0], 901, 77), show("blend", other, sizeof other);
    median(), show("median", other, sizeof other);
    equalise(), show("equalised", other, sizeof other);
    dither(), show("dithered", other, sizeof other);
    for (unsigned i = 0; i < sizeof rgb; ++i)
        rgb[i] = (uint8_t)(i * 7 + (i >> 5));
    to_565(rgb, colours, kWide * kHigh), show("565", colours, sizeof colours);
    to_gray(rgb, &other[0][0], kWide * kHigh), show("gray", other, sizeof other);
    scale(25, 27), show("scaled", other, sizeof other);
    int16_t a[64], b[64];
    for (int i = 0; i < 64; ++i)
        a[i] = (int16_t)(image[i / 8][i % 8] - 128);
    cosine(a, b), show("cosine", b, sizeof b);
    turn(), show("turned", other, sizeof other);
    printf("fractal %u bitfields %u\n", fractal(), from_bitfields());
    grow(&other[0][0], &image[0][0], kWide * kHigh), show("grown", other, sizeof other);
    gradient(), show("gradient", field, sizeof field);
    static uint32_t table[kHigh + 1][kWide + 1];
    integral(table), show("integral", table, sizeof table);
    threshold(&image[3][1], 700, 100), invert(&image[5][2], 333),
        show("inverted", image, sizeof image);
    return 0;
}
