// SPDX-License-Identifier: Apache-2.0
// What else C has: volatile objects, static and thread-local ones, compound literals, _Generic,
// statement expressions, weak and aliased functions, constructors, vectors of GCC, complex
// declarations, setjmp.
#include "flexv/flexv.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

typedef int Vector __attribute__((vector_size(16)));
typedef uint8_t Bytes __attribute__((vector_size(4)));
typedef uint16_t Halves __attribute__((vector_size(8)));

static volatile uint32_t port[8];
static jmp_buf start;

__attribute__((noinline)) static uint32_t poll(int times) {
    uint32_t s = 0;
    for (int i = 0; i < times; ++i) {
        port[i & 7] = (uint32_t)i;
        while (port[(i + 1) & 7] > 1000) {
        }
        s += port[i & 7] + port[7];
    }
    return s;
}
__attribute__((noinline)) static Vector vectors(Vector a, Vector b) {
    return a * b + (a > b) - (b >> 2);
}
__attribute__((noinline)) static Bytes bytes(Bytes a, Bytes b) { return (a + b) ^ (a < b); }
__attribute__((noinline)) static Halves halves(const Halves* a, int n) {
    Halves s = {0};
    for (int i = 0; i < n; ++i) {
        s += a[i] * 3;
    }
    return s;
}
static uint32_t calls(void) {
    static uint32_t count = 5;
    return count++;
}
__attribute__((weak)) int optional(void);
__attribute__((noinline)) int strong(int x) { return x + 1; }
int other(int x) __attribute__((alias("strong")));
static void tidy(int* x) { printf("tidy %d\n", *x); }
#define KIND(x) \
    _Generic((x), int: "int", unsigned: "unsigned", long long: "long long", char*: "text", default: "other")
_Static_assert(sizeof(long) == 4 && (char)-1 > 0, "ilp32, char without sign");

__attribute__((noinline, noreturn)) static void leap(int value) { longjmp(start, value); }
__attribute__((noinline)) static int leaps(int n) {
    volatile int rounds = 0;
    volatile uint32_t s = 0;
    const int came = setjmp(start);
    if (came < n) {
        for (int i = 0; i < 50; ++i) {
            s = s * 3 + (uint32_t)i;
            if ((int)s % 7 == came) {
                rounds = rounds + 1;
                leap(came + 1);
            }
        }
        leap(n);
    }
    return rounds * 1000 + (int)(s & 127);
}
__attribute__((noinline)) static int (*choose(bool up))(int) { return up ? toupper : tolower; }

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    printf("%u\n", (unsigned)poll(100));
    const Vector v = vectors((Vector){1, -2, 30000, 4}, (Vector){5, 6, 70000, -8});
    const Bytes b = bytes((Bytes){250, 2, 3, 4}, (Bytes){10, 1, 3, 200});
    Halves list[5];
    for (int i = 0; i < 20; ++i) {
        list[i / 4][i % 4] = (uint16_t)(i * 4321);
    }
    const Halves h = halves(list, 5);
    printf("%d %d %d %d, %u %u %u %u, %d %d\n", v[0], v[1], v[2], v[3], b[0], b[1], b[2], b[3],
           h[0], h[3]);
    calls();
    printf("%u %u\n", (unsigned)calls(), (unsigned)calls());
    printf("%d %d\n", optional == NULL, other(4));
    {
        __attribute__((cleanup(tidy))) int x = 3;
        x += ({
            int y = x;
            y* y;
        });
    }
    printf("%s %s %s %s\n", KIND(1), KIND(1u), KIND(1ll), KIND("x" + 0));
    printf("%d\n", leaps(4));
    const char* word = "Mixed Case";
    for (const char* c = word; *c; ++c) {
        putchar(choose(c - word & 1)(*c));
    }
    putchar('\n');
    errno = 0;
    printf("%ld %ld %d %lu\n", strtol("-0x1f", NULL, 0), strtol("99999999999", NULL, 10),
           errno == ERANGE, strtoul("777", NULL, 8));
    const struct { int a[3]; } literal = (__typeof__(literal)){.a = {[1] = 7}};
    printf("%d %d %" PRIu32 "\n", literal.a[1], sizeof(literal) == 12, UINT32_C(4000000000));
    int matrix[3][4] = {{1, 2}, [2] = {[3] = 9}}, (*row)[4] = matrix, sum = 0;
    for (; row < matrix + 3; ++row) {
        for (int* cell = *row; cell < *row + 4; ++cell) {
            sum = sum * 2 + *cell;
        }
    }
    printf("%d\n", sum);
    return 0;
}
