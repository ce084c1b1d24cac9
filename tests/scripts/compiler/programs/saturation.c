// SPDX-License-Identifier: Apache-2.0
// Limits of every width and sign, rounding, averages, absolute values, on scalars and on arrays.
#include "flexv/flexv.h"

#include <limits.h>
#include <stdio.h>

enum { kCount = 67 };
static int8_t sb[kCount], tb[kCount], ub[kCount];
static uint8_t pb[kCount], qb[kCount], rb[kCount];
static int16_t sh[kCount], th[kCount], uh[kCount];
static uint16_t ph[kCount], qh[kCount], rh[kCount];

static uint32_t hash(const void* from, unsigned bytes) {
    const uint8_t* const p = from;
    uint32_t h = 2166136261u;
    for (unsigned i = 0; i < bytes; ++i) {
        h = (h ^ p[i]) * 16777619u;
    }
    return h;
}
static inline int clip(int x, int low, int high) { return x < low ? low : x > high ? high : x; }

#define EACH(name, to, expression)                              \
    __attribute__((noinline)) static void name(int n, int k) {  \
        (void)k;                                                \
        for (int i = 0; i < n; ++i) {                           \
            to[i] = (__typeof__(to[0]))(expression);            \
        }                                                       \
        printf(#name " %08x\n", (unsigned)hash(to, sizeof to)); \
    }
EACH(add_s8, ub, clip(sb[i] + tb[i], -128, 127))
EACH(add_u8, rb, clip(pb[i] + qb[i], 0, 255))
EACH(sub_u8, rb, pb[i] > qb[i] ? pb[i] - qb[i] : 0)
EACH(add_s16, uh, clip(sh[i] + th[i], -32768, 32767))
EACH(sub_s16, uh, clip(sh[i] - th[i], -32768, 32767))
EACH(add_u16, rh, clip(ph[i] + qh[i], 0, 65535))
EACH(mul_s8, ub, clip((sb[i] * tb[i] + 32) >> 6, -128, 127))
EACH(mul_q15, uh, clip((sh[i] * th[i] + (1 << 14)) >> 15, -32768, 32767))
EACH(average_u8, rb, (pb[i] + qb[i]) >> 1)
EACH(rounded_u8, rb, (pb[i] + qb[i] + 1) >> 1)
EACH(average_s8, ub, (sb[i] + tb[i]) >> 1)
EACH(average_u16, rh, (ph[i] + qh[i]) >> 1)
EACH(distance_u8, rb, pb[i] > qb[i] ? pb[i] - qb[i] : qb[i] - pb[i])
EACH(absolute_s8, ub, sb[i] < 0 ? -sb[i] : sb[i])
EACH(absolute_s16, uh, sh[i] < 0 ? -sh[i] : sh[i])
EACH(limits_s8, ub, sb[i]<-20 ? -20 : sb[i]> 90 ? 90 : sb[i])
EACH(limits_k, ub, sb[i] > (int8_t)k ? (int8_t)k : sb[i])
EACH(relu_s16, uh, sh[i] > 0 ? sh[i] : 0)
EACH(leaky_s8, ub, sb[i] > 0 ? sb[i] : sb[i] / 8)
EACH(sign_s16, uh, (sh[i] > 0) - (sh[i] < 0))
EACH(narrow_s16, ub, clip(sh[i] >> 4, -128, 127))
EACH(widen_u8, rh, pb[i] << 7 | pb[i] >> 1)
EACH(shift_u16, rh, ph[i] >> (i & 15))
EACH(shift_s16, uh, sh[i] >> 3)
EACH(select_u8, rb, (pb[i] ^ qb[i]) & 0x80 ? pb[i] : qb[i])
EACH(equal_u8, rb, pb[i] == qb[i] ? 255 : pb[i] & 15)
EACH(compare_s8, ub, sb[i] <= tb[i] ? -1 : 0)
EACH(times_k, uh, sh[i] * k)
EACH(divide_s16, uh, sh[i] / (th[i] | 1))

__attribute__((noinline)) static int limits(int x) {
    return clip(x, -1, 0) + clip(x, 0, 0) * 2 + clip(x, 0, 1) * 3 + clip(x, -2, 1) * 5 +
           clip(x, INT_MIN, INT_MAX) + clip(x, 0, INT_MAX) * 7 +
           clip(x, -1073741824, 1073741823) * 11 + (int)(uint8_t)clip(x, 0, 255) * 13 +
           clip(x, 3, 100) * 17;
}
__attribute__((noinline)) static int64_t wide(int64_t x, int64_t y) {
    const int64_t s = (int64_t)((uint64_t)x + (uint64_t)y);
    const int overflows = ((x ^ s) & (y ^ s)) < 0;
    return overflows ? (x < 0 ? INT64_MIN : INT64_MAX) : s;
}
__attribute__((noinline)) static uint32_t checked(int a, int b) {
    int r;
    uint32_t s = __builtin_add_overflow(a, b, &r) ? 0x11 : (uint32_t)r;
    s = s * 3 + (__builtin_mul_overflow(a, b, &r) ? 0x22 : (uint32_t)r);
    return s * 3 + (__builtin_sub_overflow(a, b, &r) ? 0x33 : (uint32_t)r);
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    for (int i = 0; i < kCount; ++i) {
        sb[i] = (int8_t)(i * 57 - 128), tb[i] = (int8_t)(i * i * 3 + 127),
        pb[i] = (uint8_t)(i * 93), qb[i] = (uint8_t)(255 - i * i);
        sh[i] = (int16_t)(i * 9973 - 32768), th[i] = (int16_t)(i * i * 771 + 32767),
        ph[i] = (uint16_t)(i * 7919), qh[i] = (uint16_t)(65535 - i * i * 13);
    }
    for (int n = kCount; n >= 0; n -= 22) {
        add_s8(n, 0), add_u8(n, 0), sub_u8(n, 0), add_s16(n, 0), sub_s16(n, 0), add_u16(n, 0),
            mul_s8(n, 0), mul_q15(n, 0), average_u8(n, 0);
        rounded_u8(n, 0), average_s8(n, 0), average_u16(n, 0), distance_u8(n, 0), absolute_s8(n, 0),
            absolute_s16(n, 0), limits_s8(n, 0), limits_k(n, n);
        relu_s16(n, 0), leaky_s8(n, 0), sign_s16(n, 0), narrow_s16(n, 0), widen_u8(n, 0),
            shift_u16(n, 0), shift_s16(n, 0), select_u8(n, 0);
        equal_u8(n, 0), compare_s8(n, 0), times_k(n, n - 30), divide_s16(n, 0);
    }
    const int values[] = {INT_MIN, INT_MIN + 1, -129, -128, -2,  -1,  0,
                          1,       2,           127,  128,  255, 256, INT_MAX};
    for (int i = 0; i < 14; ++i) {
        const int64_t w = wide((int64_t)values[i] * (1LL << 32),
                               (int64_t)((uint64_t)INT64_MIN + (uint64_t)(values[13 - i] * 3LL)));
        printf("%08x %08x %08x\n", (unsigned)((uint32_t)limits(values[i] / 32)),
               (unsigned)(w >> 32), (unsigned)checked(values[i], values[13 - i]));
    }
    return 0;
}
