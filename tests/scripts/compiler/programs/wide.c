// SPDX-License-Identifier: Apache-2.0
// 64-bit arithmetic: sums, products, divisions, shifts, comparisons, counters.
#include "flexv/flexv.h"

#include <stdio.h>

static int32_t words[100];
static uint8_t bytes[100];

static void show(const char* name, uint64_t x) {
    printf("%s %08x%08x\n", name, (unsigned)(x >> 32), (unsigned)x);
}

__attribute__((noinline)) static int64_t sum_of_squares(const int32_t* a, int n) {
    int64_t s = 0;
    for (int i = 0; i < n; ++i) {
        s += (int64_t)(a[i] >> 8) * a[i];
    }
    return s;
}
__attribute__((noinline)) static uint64_t sum_of_bytes(const uint8_t* a, int n) {
    uint64_t s = 0;
    for (int i = 0; i < n; ++i) {
        s += a[i] * (uint64_t)a[n - 1 - i];
    }
    return s;
}
__attribute__((noinline)) static uint64_t mix(uint64_t x, unsigned n) {
    for (uint64_t i = 0; i < n; ++i) {
        x ^= x >> 33;
        x *= 0xff51afd7ed558ccdull;
        x = x << (i & 63) | x >> ((64 - i) & 63);
        x += x / (i + 3) - x % (i + 1000000007ull);
    }
    return x;
}
__attribute__((noinline)) static int64_t divide(int64_t a, int64_t b) {
    return b == 0 ? 0 : a / b + a % b;
}
__attribute__((noinline)) static int32_t q31(int32_t a, int32_t b) {
    return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
}
__attribute__((noinline)) static uint32_t high(uint32_t a, int32_t b) {
    return (uint32_t)(((int64_t)b * a) >> 32);
}
__attribute__((noinline)) static int order(int64_t a, uint64_t b, int64_t c) {
    return (a < c) | (b < (uint64_t)c) << 1 | (a == c) << 2 | ((int64_t)b >= a) << 3;
}
__attribute__((noinline)) static unsigned steps(uint64_t from, uint64_t to) {
    unsigned n = 0;
    for (uint64_t i = from; i < to; i += 0x100000001ull) {
        n += (unsigned)(i >> 32) ^ (unsigned)i;
    }
    return n;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    for (int i = 0; i < 100; ++i) {
        words[i] = (int32_t)((uint32_t)i * 2654435761u);
        bytes[i] = (uint8_t)(i * 201);
    }
    show("squares", (uint64_t)sum_of_squares(words, 100));
    show("bytes", sum_of_bytes(bytes, 100));
    show("mix", mix(0x123456789abcdefull, 50));
    show("divide", (uint64_t)divide(-0x7fffffffffffll, 12345));
    show("divide", (uint64_t)divide(0x7fffffffffffffffll, -3));
    int32_t q = 0x7fffffff;
    uint32_t h = 1;
    unsigned o = 0;
    for (int i = 1; i < 100; ++i) {
        q = q31(q, words[i] | 0x60000000);
        h = h * 7 + high((uint32_t)words[i], words[i - 1]);
        o = o * 5 + (unsigned)order((int64_t)words[i] * (1LL << (i & 31)),
                                    (uint64_t)words[i - 1] * 77, words[i] * -3LL);
    }
    printf("%d %08x %u\n", (int)q, (unsigned)h, o);
    printf("%u %u\n", steps(5, 0x4000000000ull), steps(9, 9));
    uint64_t carry = 1;
    for (int i = 0; i < 100; ++i) {
        carry += (uint32_t)words[i] + (carry >> 32);
        carry = (carry & 0xffffffffu) + ((uint64_t)bytes[i] << 40 >> (i & 15));
    }
    show("carry", carry);
    return 0;
}
