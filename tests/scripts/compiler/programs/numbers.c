// SPDX-License-Identifier: Apache-2.0
// Numbers: large integers, modular powers, primes, matrices in fixed point and floating point,
// polynomials, random numbers, roots, calendars, conversions, 64-bit shifts and divisions,
// saturation.
#include "flexv/flexv.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define APART __attribute__((noinline)) static

typedef struct {
    uint32_t w[8];
} Large;
APART Large multiply(const Large* a, const Large* b) {
    Large r = {{0}};
    for (int i = 0; i < 8; ++i) {
        uint64_t carry = 0;
        for (int j = 0; i + j < 8; ++j) {
            carry += (uint64_t)a->w[i] * b->w[j] + r.w[i + j];
            r.w[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    return r;
}
APART int add_to(Large* a, const Large* b) {
    uint32_t carry = 0;
    for (int i = 0; i < 8; ++i) {
        const uint32_t s = a->w[i] + carry;
        carry = s < carry;
        a->w[i] = s + b->w[i];
        carry += a->w[i] < s;
    }
    return (int)carry;
}
APART uint32_t divide_small(Large* a, uint32_t by) {
    uint64_t rest = 0;
    for (int i = 7; i >= 0; --i) {
        rest = rest << 32 | a->w[i];
        a->w[i] = (uint32_t)(rest / by);
        rest %= by;
    }
    return (uint32_t)rest;
}
static uint32_t power(uint64_t base, uint32_t exponent, uint32_t modulus) {
    uint64_t r = 1;
    for (base %= modulus; exponent; exponent >>= 1, base = base * base % modulus)
        if (exponent & 1)
            r = r * base % modulus;
    return (uint32_t)r;
}
APART int is_prime(uint32_t n) {
    static const uint32_t witnesses[] = {2, 7, 61};
    if (n < 2 || n % 2 == 0)
        return n == 2;
    uint32_t d = n - 1;
    int s = 0;
    while (d % 2 == 0)
        d /= 2, ++s;
    for (int i = 0; i < 3; ++i) {
        if (witnesses[i] % n == 0)
            continue;
        uint64_t x = power(witnesses[i], d, n);
        if (x == 1 || x == n - 1)
            continue;
        int k = 1;
        for (; k < s && x != n - 1; ++k)
            x = x * x % n;
        if (x != n - 1)
            return 0;
    }
    return 1;
}
APART int sieve(void) {
    static uint8_t composite[1000];
    int count = 0, last = 0;
    memset(composite, 0, sizeof composite);
    for (int i = 2; i < 1000; ++i) {
        if (composite[i])
            continue;
        ++count, last = i;
        for (int j = i * i; j < 1000; j += i)
            composite[j] = 1;
    }
    return count * 1000 + last;
}
APART int gcd(int a, int b, int* x, int* y) {
    int x0 = 1, y0 = 0, x1 = 0, y1 = 1;
    while (b) {
        const int q = a / b, r = a % b, x2 = x0 - q * x1, y2 = y0 - q * y1;
        a = b, b = r, x0 = x1, x1 = x2, y0 = y1, y1 = y2;
    }
    *x = x0, *y = y0;
    return a;
}
enum { kOne = 1 << 16, kSize = 5 };
static int32_t times(int32_t a, int32_t b) { return (int32_t)(((int64_t)a * b + 0x8000) >> 16); }
static int32_t over(int32_t a, int32_t b) { return (int32_t)(((int64_t)a << 16) / b); }
APART int invert(int32_t m[kSize][2 * kSize]) {
    for (int i = 0; i < kSize; ++i) {
        int pivot = i;
        for (int r = i + 1; r < kSize; ++r)
            if ((m[r][i] < 0 ? -m[r][i] : m[r][i]) > (m[pivot][i] < 0 ? -m[pivot][i] : m[pivot][i]))
                pivot = r;
        if (m[pivot][i] == 0)
            return 0;
        for (int c = 0; c < 2 * kSize; ++c) {
            const int32_t t = m[i][c];
            m[i][c] = m[pivot][c], m[pivot][c] = t;
        }
        const int32_t by = m[i][i];
        for (int c = 0; c < 2 * kSize; ++c)
            m[i][c] = over(m[i][c], by);
        for (int r = 0; r < kSize; ++r) {
            if (r == i)
                continue;
            const int32_t factor = m[r][i];
            for (int c = 0; c < 2 * kSize; ++c)
                m[r][c] -= times(factor, m[i][c]);
        }
    }
    return 1;
}
APART double determinant(double m[4][4]) {
    double d = 1;
    for (int i = 0; i < 4; ++i) {
        d *= m[i][i];
        for (int r = i + 1; r < 4; ++r) {
            const double f = m[r][i] / m[i][i];
            for (int c = i; c < 4; ++c)
                m[r][c] -= f * m[i][c];
        }
    }
    return d;
}
APART float evaluate(const float* c, int n, float x) {
    float y = 0;
    for (int i = n - 1; i >= 0; --i)
        y = y * x + c[i];
    return y;
}
APART uint32_t root(uint64_t n) {
    uint64_t r = 0;
    for (uint64_t bit = 1ull << 62; bit; bit >>= 2) {
        if (n >= r + bit)
            n -= r + bit, r = (r >> 1) + bit;
        else
            r >>= 1;
    }
    return (uint32_t)r;
}
struct Date {
    int year;
    unsigned month : 4, day : 5, weekday : 3;
};
APART struct Date date_of(int days) {
    const int z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    const unsigned doe = (unsigned)(z - era * 146097),
                   yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365,
                   doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    struct Date d = {.year = (int)yoe + era * 400 + (mp >= 10)};
    d.day = (doy - (153 * mp + 2) / 5 + 1) & 31, d.month = (mp < 10 ? mp + 3 : mp - 9) & 15;
    d.weekday = (unsigned)((days % 7 + 11) % 7) & 7;
    return d;
}
APART int64_t mixed(int64_t a, uint64_t b, int n) {
    uint64_t s = 0;
    for (int i = 0; i < n; ++i) {
        s += (uint64_t)(a >> i) ^ (b << (i & 31));
        s ^= (uint64_t)(a / (i + 1)) + b % (unsigned)(i + 3);
        a = (int64_t)((uint64_t)a * 3 - (uint64_t)(int32_t)s);
        b = b << 7 | b >> 57;
    }
    return (int64_t)s;
}
APART int add_saturated(int a, int b) {
    int s;
    return __builtin_add_overflow(a, b, &s) ? (b < 0 ? INT_MIN : INT_MAX) : s;
}
static uint32_t twister[624];
APART uint32_t twist(uint32_t seed, int skip) {
    twister[0] = seed;
    for (uint32_t i = 1; i < 624; ++i)
        twister[i] = 1812433253u * (twister[i - 1] ^ twister[i - 1] >> 30) + i;
    for (int i = 0; i < 624; ++i) {
        const uint32_t y = (twister[i] & 0x80000000u) | (twister[(i + 1) % 624] & 0x7fffffffu);
        twister[i] = twister[(i + 397) % 624] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
    }
    uint32_t y = twister[skip];
    y ^= y >> 11, y ^= y << 7 & 0x9d2c5680u, y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}
APART unsigned collatz(unsigned limit) {
    unsigned best = 0, longest = 0;
    for (unsigned i = 1; i < limit; ++i) {
        unsigned n = i, steps = 0;
        while (n != 1)
            n = n & 1 ? 3 * n + 1 : n / 2, ++steps;
        if (steps > longest)
            longest = steps, best = i;
    }
    return best * 1000 + longest;
}
union Bits {
    float f;
    uint32_t u;
    struct {
        uint32_t fraction : 23, exponent : 8, sign : 1;
    } part;
    uint8_t bytes[4];
};
APART uint32_t half_of(float x) {
    const union Bits b = {.f = x};
    const int e = (int)b.part.exponent - 112;
    return b.part.sign << 15 | (e <= 0    ? 0
                                : e >= 31 ? 0x7C00
                                          : (uint32_t)e << 10 | b.part.fraction >> 13);
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    Large a = {{3}}, b = {{0xFFFFFFFF, 5}};
    for (int i = 0; i < 9; ++i)
        a = multiply(&a, &b), add_to(&a, &b);
    printf("large %08lx %08lx %d", (unsigned long)a.w[0], (unsigned long)a.w[7], add_to(&b, &a));
    printf(" %lu %08lx\n", (unsigned long)divide_small(&a, 1000003), (unsigned long)a.w[3]);
    int primes = 0, x, y;
    for (uint32_t n = 4294967200u; n > 4294967100u; --n)
        primes += is_prime(n);
    printf("primes %d %d gcd %d %d %d\n", primes, sieve(), gcd(240, 46, &x, &y), x, y);
    int32_t m[kSize][2 * kSize] = {{0}};
    for (int i = 0; i < kSize; ++i) {
        for (int j = 0; j < kSize; ++j)
            m[i][j] = (i == j ? 4 * kOne : 0) + (i * 7 + j * 3) % 5 * kOne / 3;
        m[i][kSize + i] = kOne;
    }
    printf("inverse %d %ld %ld\n", invert(m), (long)m[0][kSize], (long)m[4][2 * kSize - 2]);
    double d[4][4];
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j)
            d[i][j] = 1.0 / (i + j + 1) + (i == j);
    const float c[] = {1.5f, -2.25f, 0.125f, 3.0f};
    printf("determinant %ld polynomial %ld\n", (long)(determinant(d) * 1e6),
           (long)(evaluate(c, 4, 1.7f) * 1e5f));
    printf("roots %lu %lu %lu\n", (unsigned long)root(99), (unsigned long)root(1ull << 60),
           (unsigned long)root(~0ull));
    for (int i = -100000; i < 100000; i += 37777) {
        const struct Date t = date_of(i);
        printf("%d-%u-%u/%u ", t.year, t.month, t.day, t.weekday);
    }
    const int64_t mix = mixed(-123456789012345ll, 0xFEDCBA9876543210ull, 40);
    printf("\nmixed %08lx%08lx\n", (unsigned long)(uint32_t)(mix >> 32),
           (unsigned long)(uint32_t)mix);
    printf("saturated %d %d %d\n", add_saturated(INT_MAX, 5), add_saturated(INT_MIN, -5),
           add_saturated(7, -9));
    printf("twister %lu collatz %u half %lx %lx\n", (unsigned long)twist(5489, 100), collatz(300),
           (unsigned long)half_of(-1.5f), (unsigned long)half_of(1e9f));
    return 0;
}
