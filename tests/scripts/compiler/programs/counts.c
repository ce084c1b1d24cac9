// SPDX-License-Identifier: Apache-2.0
// Loops that run never, once, 65,535 times and more; counters of 8, 16 and 32 bits; loops whose
// counts end at the edges of their types.
#include "flexv/flexv.h"

#include <stdio.h>

static volatile uint32_t sink;

__attribute__((noinline)) static uint32_t plain(uint32_t n) {
    uint32_t s = 1;
    for (uint32_t i = 0; i < n; ++i) {
        s = s * 5 + i;
    }
    return s;
}
__attribute__((noinline)) static uint32_t closed(int from, int to) {
    uint32_t s = 0;
    for (int i = from; i <= to; ++i) {
        s = (s ^ (uint32_t)i) * 3;
    }
    return s;
}
__attribute__((noinline)) static uint32_t bytes(uint8_t from, uint8_t to) {
    uint32_t s = 0;
    for (uint8_t i = from; i != to; ++i) {
        s = s * 3 + i;
    }
    return s;
}
__attribute__((noinline)) static uint32_t halves(int16_t from, int16_t step) {
    uint32_t s = 0;
    for (int16_t i = from; i > 0; i = (int16_t)(i - step)) {
        s = s * 3 + (uint32_t)i;
    }
    return s;
}
__attribute__((noinline)) static uint32_t down(uint32_t n) {
    uint32_t s = 7;
    while (n-- > 0) {
        s = s * 9 + n;
    }
    return s + n;
}
__attribute__((noinline)) static uint32_t at_least_once(int n) {
    uint32_t s = 0;
    do {
        s = s * 7 + (uint32_t)n;
    } while (--n > 0);
    return s;
}
__attribute__((noinline)) static uint32_t to_the_edge(uint32_t from) {
    uint32_t s = 0;
    for (uint32_t i = from; i != 0; ++i) {
        s = s * 3 + i;
    }
    return s;
}
__attribute__((noinline)) static uint32_t steps(uint32_t from, uint32_t to, uint32_t step) {
    uint32_t s = 0;
    for (uint32_t i = from; i < to; i += step) {
        s = s * 3 + i;
        if (i + step < i) {
            break;
        }
    }
    return s;
}
__attribute__((noinline)) static uint32_t signed_steps(int from, int to) {
    uint32_t s = 0;
    for (int i = from; i < to; i += 3) {
        s = s * 3 + (uint32_t)i;
    }
    return s;
}
__attribute__((noinline)) static void volatile_counter(int n) {
    for (volatile int i = 0; i < n; i += 2) {
        sink += (uint32_t)i;
    }
}
__attribute__((noinline)) static uint32_t by_difference(const uint16_t* from, const uint16_t* to) {
    uint32_t s = 0;
    for (; from != to; ++from) {
        s += *from * 3u;
    }
    return s;
}
__attribute__((noinline)) static uint32_t doubled(uint32_t n) {
    uint32_t s = 0;
    for (uint32_t i = 1; i < n; i <<= 1) {
        s += n / i;
    }
    return s;
}
static uint16_t table[300];

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    const uint32_t counts[] = {0, 1, 2, 3, 255, 256, 4095, 4096, 65535, 65536, 70001};
    for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; ++i) {
        printf("%u: %08x %08x %08x\n", (unsigned)counts[i], (unsigned)plain(counts[i]),
               (unsigned)down(counts[i]), (unsigned)at_least_once((int)counts[i]));
    }
    printf("%08x %08x %08x %08x\n", (unsigned)closed(0, -1), (unsigned)closed(-5, 5),
           (unsigned)closed(2147483600, 2147483646),
           (unsigned)closed(-2147483647 - 1, -2147483640));
    printf("%08x %08x %08x\n", (unsigned)bytes(0, 0), (unsigned)bytes(5, 4),
           (unsigned)bytes(250, 10));
    printf("%08x %08x %08x\n", (unsigned)halves(32767, 1), (unsigned)halves(0, 5),
           (unsigned)halves(300, 77));
    printf("%08x %08x %08x\n", (unsigned)to_the_edge(0xffffff00u), (unsigned)to_the_edge(0),
           (unsigned)to_the_edge(0xffffffffu));
    printf("%08x %08x %08x\n", (unsigned)steps(10, 10, 3),
           (unsigned)steps(0xfffff000u, 0xffffffffu, 100), (unsigned)steps(0, 1000000, 99991));
    printf("%08x %08x\n", (unsigned)signed_steps(-100, 100), (unsigned)signed_steps(7, 7));
    volatile_counter(99);
    volatile_counter(0);
    for (int i = 0; i < 300; ++i) {
        table[i] = (uint16_t)(i * 999);
    }
    printf("%u %08x %08x %u %u\n", (unsigned)sink, (unsigned)by_difference(table, table + 300),
           (unsigned)by_difference(table, table), (unsigned)doubled(1u << 31),
           (unsigned)doubled(1));
    return 0;
}
