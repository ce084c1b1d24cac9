// SPDX-License-Identifier: Apache-2.0
// Software floating point, in loops and out of them; printed by its bits, because printf has
// integers alone here.
#include "flexv/flexv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static float samples[64];
static double more[64];

static unsigned bits(float x) {
    unsigned word;
    memcpy(&word, &x, sizeof word);
    return word;
}
__attribute__((noinline)) static float dot(const float* a, const float* b, int n) {
    float s = 0;
    for (int i = 0; i < n; ++i) {
        s += a[i] * b[n - 1 - i];
    }
    return s;
}
__attribute__((noinline)) static int convert(const float* a, signed char* to, int n) {
    int clipped = 0;
    for (int i = 0; i < n; ++i) {
        const float scaled = a[i] * 40.0f;
        to[i] = scaled > 127.0f ? 127 : scaled < -128.0f ? -128 : (signed char)scaled;
        clipped += scaled > 127.0f || scaled < -128.0f;
    }
    return clipped;
}
__attribute__((noinline)) static double polynomial(double x) {
    double r = 0;
    for (int i = 10; i > 0; --i) {
        r = r * x + 1.0 / i;
    }
    return r;
}
__attribute__((noinline)) static void minmax(const float* a, int n, float* low, float* high) {
    *low = a[0];
    *high = a[0];
    for (int i = 1; i < n; ++i) {
        *low = a[i] < *low ? a[i] : *low;
        *high = a[i] > *high ? a[i] : *high;
    }
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    for (int i = 0; i < 64; ++i) {
        samples[i] = (float)(i * 37 % 64 - 32) / 7.0f;
        more[i] = polynomial(i / 64.0);
    }
    printf("%08x\n", bits(dot(samples, samples, 64)));
    signed char narrow[64];
    printf("%d", convert(samples, narrow, 64));
    unsigned sum = 0;
    for (int i = 0; i < 64; ++i) {
        sum = sum * 3 + (unsigned)narrow[i];
    }
    printf(" %u\n", sum);
    double total = 0;
    for (int i = 0; i < 64; ++i) {
        total += more[i] * (i & 1 ? -1 : 1);
    }
    unsigned long long word;
    memcpy(&word, &total, sizeof word);
    printf("%08x%08x\n", (unsigned)(word >> 32), (unsigned)word);
    float low, high;
    minmax(samples, 64, &low, &high);
    printf("%08x %08x\n", bits(low), bits(high));
    const volatile float zero = 0;
    const float nan = zero / zero, infinity = 1.0f / zero;
    printf("%d %d %d %d %d\n", nan == nan, nan<1, infinity> 1e30f, -infinity < 0, isnan(nan) != 0);
    printf("%08x %d %u %d\n", bits((float)4000000000u), (int)-3.99f, (unsigned)3e9f,
           (int)(long long)-1e12 == (int)-1000000000000LL);
    printf("%08x %08x\n", bits(sqrtf(2.0f)), bits((float)sin(1.0)));
    return 0;
}
