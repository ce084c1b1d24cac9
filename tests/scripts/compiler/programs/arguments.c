// SPDX-License-Identifier: Apache-2.0
// Variable arguments, many arguments, function pointers, recursion.
#include "flexv/flexv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Pair {
    int a;
    long long b;
};

__attribute__((noinline)) static long long sum(const char* kinds, ...) {
    va_list list, again;
    va_start(list, kinds);
    va_copy(again, list);
    long long total = 0;
    for (const char* k = kinds; *k != 0; ++k) {
        switch (*k) {
            case 'i':
                total += va_arg(list, int);
                break;
            case 'l':
                total += va_arg(list, long long);
                break;
            case 'd':
                total += (long long)(va_arg(list, double) * 16);
                break;
            case 'p': {
                const struct Pair pair = va_arg(list, struct Pair);
                total += pair.a * pair.b;
                break;
            }
            default:
                total = -total;
        }
    }
    if (kinds[0] == 'i') {
        total ^= va_arg(again, int);
    }
    va_end(again);
    va_end(list);
    return total;
}
__attribute__((noinline)) static int many(int a, long long b, char c, int d, long long e, short f,
                                          int g, int h, int i, long long j) {
    return a + (int)b * 2 + c * 3 + d * 4 + (int)(e >> 3) * 5 + f * 6 + g * 7 + h * 8 + i * 9 +
           (int)(j >> 33) * 10;
}
__attribute__((noinline)) static int format(char* to, size_t size, const char* text, ...) {
    va_list list;
    va_start(list, text);
    const int length = vsnprintf(to, size, text, list);
    va_end(list);
    return length;
}
static unsigned ackermann(unsigned m, unsigned n) {
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}
static int is_odd(unsigned n);
static int is_even(unsigned n) { return n == 0 ? 1 : is_odd(n - 1); }
static int is_odd(unsigned n) { return n == 0 ? 0 : is_even(n - 1); }

static int upwards(const void* a, const void* b) { return *(const short*)a - *(const short*)b; }
static int downwards(const void* a, const void* b) { return *(const short*)b - *(const short*)a; }

typedef int (*Operation)(int, int);
static int add(int a, int b) { return a + b; }
static int sub(int a, int b) { return a - b; }
static int mul(int a, int b) { return (int)((unsigned)a * (unsigned)b); }
static int mod(int a, int b) { return b == 0 ? a : a % b; }
static const Operation operations[] = {add, sub, mul, mod};

__attribute__((noinline)) static int apply(const unsigned char* program, int length, int value) {
    for (int i = 0; i < length; ++i) {
        value = operations[program[i] & 3](value, program[i] >> 2);
    }
    return value;
}
__attribute__((noinline)) static int map(int* values, int count, int (*function)(int, int),
                                         int with) {
    int last = 0;
    for (int i = 0; i < count; ++i) {
        last = values[i] = function(values[i], with);
    }
    return last;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    const struct Pair pair = {-3, 1LL << 34};
    const long long total = sum("idlpxi", 5, -2.75, 1LL << 40, pair, 77);
    printf("%08x%08x\n", (unsigned)(total >> 32), (unsigned)total);
    printf("%d\n", (int)sum("lldi", -1LL, 5LL, 100.0, -8));
    printf("%d\n", many(1, 2, 3, 4, 5LL << 3, 6, 7, 8, 9, 10LL << 33));
    char text[40];
    const int length = format(text, sizeof text, "%5d|%-6s|%08x|%c|%llu|%%", -42, "ab", 0xbeefu,
                              'q', 1234567890123ull);
    printf("%d %s\n", length, text);
    printf("%u %d %d\n", ackermann(2, 5), is_even(100), is_odd(77));
    short values[60];
    for (int i = 0; i < 60; ++i) {
        values[i] = (short)(i * 7919 % 997 - 400);
    }
    qsort(values, 60, sizeof values[0], upwards);
    printf("%d %d %d\n", values[0], values[30], values[59]);
    const short key = values[17];
    printf("%d\n", (int)((short*)bsearch(&key, values, 60, sizeof key, upwards) - values));
    qsort(values, 60, sizeof values[0], downwards);
    printf("%d %d %d\n", values[0], values[30], values[59]);
    unsigned char program[50];
    for (int i = 0; i < 50; ++i) {
        program[i] = (unsigned char)(i * 37 + 11);
    }
    printf("%d\n", apply(program, 50, 3));
    int numbers[20];
    for (int i = 0; i < 20; ++i) {
        numbers[i] = i;
    }
    printf("%d %d\n", map(numbers, 20, mul, -3), map(numbers, 20, sub, 1000));
    return 0;
}
