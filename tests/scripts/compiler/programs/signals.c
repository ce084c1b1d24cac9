// SPDX-License-Identifier: Apache-2.0
// Filters, histograms, running sums, table look-ups, packing: what firmware does all day, on 8 and
// 16 bits.
#include "flexv/flexv.h"

#include <stdio.h>
#include <string.h>

enum { kSamples = 131 };
static int16_t in[kSamples], out[kSamples], taps[16];
static uint8_t gray[kSamples], map[256], packed[kSamples];
static int8_t weights[kSamples];
static uint16_t counts[16];
static int32_t sums[kSamples];

static uint32_t hash(const void* from, unsigned bytes) {
    const uint8_t* const p = from;
    uint32_t h = 3;
    for (unsigned i = 0; i < bytes; ++i) {
        h = h * 131 + p[i];
    }
    return h;
}
__attribute__((noinline)) static void fir(int n, int length) {
    for (int i = 0; i + length <= n; ++i) {
        int32_t s = 1 << 14;
        for (int j = 0; j < length; ++j) {
            s += in[i + j] * taps[length - 1 - j];
        }
        out[i] = (int16_t)(s >> 15);
    }
}
__attribute__((noinline)) static void iir(int n) {
    int32_t y1 = 0, y2 = 0;
    for (int i = 0; i < n; ++i) {
        const int32_t y = (in[i] * 3000 + y1 * 20000 - y2 * 9000) >> 15;
        y2 = y1;
        y1 = y;
        out[i] = (int16_t)y;
    }
}
__attribute__((noinline)) static void histogram(int n) {
    for (int i = 0; i < n; ++i) {
        ++counts[gray[i] >> 4];
    }
}
__attribute__((noinline)) static void running(int n) {
    int32_t s = 0;
    for (int i = 0; i < n; ++i) {
        s += weights[i];
        sums[i] = s;
    }
}
__attribute__((noinline)) static void look_up(int n) {
    for (int i = 0; i < n; ++i) {
        gray[i] = map[gray[i]];
    }
}
__attribute__((noinline)) static int nibbles(int n) {
    int o = 0;
    for (int i = 0; i + 1 < n; i += 2) {
        packed[o++] = (uint8_t)((gray[i] >> 4) | (gray[i + 1] & 0xf0));
    }
    return o;
}
__attribute__((noinline)) static int largest(const int16_t* a, int n, int* where) {
    int best = -40000;
    for (int i = 0; i < n; ++i) {
        if (a[i] > best) {
            best = a[i];
            *where = i;
        }
    }
    return best;
}
__attribute__((noinline)) static uint32_t differences(const uint8_t* a, const uint8_t* b, int n) {
    uint32_t s = 0;
    for (int i = 0; i < n; ++i) {
        const int d = a[i] - b[i];
        s += (uint32_t)(d < 0 ? -d : d);
    }
    return s;
}
__attribute__((noinline)) static int32_t energy(const int16_t* a, int n, int step) {
    int32_t s = 0;
    for (int i = 0; i < n; i += step) {
        s += a[i] * a[i] >> 8;
    }
    return s;
}
__attribute__((noinline)) static int mixed(const uint8_t* a, const int16_t* b, const int8_t* c,
                                           int n) {
    int s = 0;
    for (int i = 0; i < n; ++i) {
        s += a[i] * b[i] - c[i] * 7 + (b[i] ^ a[i]);
    }
    return s;
}
__attribute__((noinline)) static void complex_product(int16_t* z, const int16_t* x,
                                                      const int16_t* y, int pairs) {
    for (int i = 0; i < pairs; ++i) {
        const int re = x[2 * i] * y[2 * i] - x[2 * i + 1] * y[2 * i + 1],
                  im = x[2 * i] * y[2 * i + 1] + x[2 * i + 1] * y[2 * i];
        z[2 * i] = (int16_t)(re >> 15);
        z[2 * i + 1] = (int16_t)(im >> 15);
    }
}
__attribute__((noinline)) static int blocks(const uint8_t* a, const int8_t* b, int n) {
    int s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (int i = 0; i < n; ++i) {
        s0 += a[i] * b[i];
        s1 += a[i + 1] * b[i];
        s2 += a[i] * b[i + 2];
        s3 += a[i + 1] * b[i + 2];
    }
    return s0 ^ s1 * 3 ^ s2 * 5 ^ s3 * 7;
}
__attribute__((noinline)) static uint32_t crc(const uint8_t* a, int n) {
    uint32_t c = ~0u;
    for (int i = 0; i < n; ++i) {
        c ^= a[i];
        for (int k = 0; k < 8; ++k) {
            c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
        }
    }
    return ~c;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    for (int i = 0; i < 256; ++i) {
        map[i] = (uint8_t)(i * i >> 3 ^ i);
    }
    for (int i = 0; i < kSamples; ++i) {
        in[i] = (int16_t)(i * 5501 - 20000), gray[i] = (uint8_t)(i * 89),
        weights[i] = (int8_t)(i * 43 + 100);
    }
    for (int i = 0; i < 16; ++i) {
        taps[i] = (int16_t)(i * i * 6 - 600);
    }
    for (int n = kSamples; n >= 0; n -= 33) {
        int where = -1;
        fir(n, 16), fir(n / 2, 5), iir(n), histogram(n), running(n), look_up(n);
        printf("%d %08x %08x %08x\n", nibbles(n), (unsigned)hash(out, sizeof out),
               (unsigned)hash(counts, sizeof counts), (unsigned)hash(sums, sizeof sums));
        const int best = largest(out, n, &where);
        printf("%d %d %u %d\n", best, where, (unsigned)differences(gray, packed, n),
               (int)energy(in, n, 1 + n % 3));
        complex_product(out, in, out, n / 2);
        printf("%d %08x %d %08x %08x\n", mixed(gray, in, weights, n),
               (unsigned)hash(out, sizeof out), blocks(gray, weights, n < 3 ? 0 : n - 3),
               (unsigned)crc(gray, n), (unsigned)hash(packed, sizeof packed));
    }
    return 0;
}
