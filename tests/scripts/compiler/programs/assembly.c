// SPDX-License-Identifier: Apache-2.0
// Inline assembly with operands, clobbers, labels and jumps, in loops that would like a hardware
// loop.
#include "flexv/flexv.h"

#include <stdio.h>

__attribute__((noinline)) static uint32_t clobbers(const uint32_t* a, int n) {
    uint32_t s = 0;
    for (int i = 0; i < n; ++i) {
        uint32_t x = a[i];
        __asm__ volatile("li t0, 3\n\tli t1, 5\n\tmul %0, %0, t0\n\tadd %0, %0, t1"
                         : "+r"(x)
                         :
                         : "t0", "t1");
        __asm__("addi a1, %1, 1\n\taddi a2, a1, 2\n\tadd %0, a1, a2"
                : "=r"(x)
                : "r"(x)
                : "a1", "a2", "a3", "a4", "t3", "t4", "t5", "t6");
        s = s * 7 + x;
    }
    return s;
}
__attribute__((noinline)) static uint32_t labels(uint32_t x, int n) {
    for (int i = 0; i < n; ++i) {
        __asm__ volatile("andi t0, %0, 1\n\tbeqz t0, 1f\n\txori %0, %0, 0x55\n1:\taddi %0, %0, 7"
                         : "+r"(x)
                         :
                         : "t0");
    }
    return x;
}
__attribute__((noinline)) static int jumps(const uint8_t* a, int n) {
    int i = 0;
    for (; i < n; ++i) {
        __asm__ goto("li t0, 200\n\tbgtu %0, t0, %l[found]" : : "r"((uint32_t)a[i]) : "t0" : found);
    }
    return -1;
found:
    return i;
}
__attribute__((noinline)) static uint32_t memory(uint32_t* a, int n) {
    uint32_t s = 0;
    for (int i = 0; i < n; ++i) {
        a[i] = (uint32_t)i;
        __asm__ volatile("lw t1, 0(%0)\n\taddi t1, t1, 100\n\tsw t1, 0(%0)"
                         :
                         : "r"(a + i)
                         : "t1", "memory");
        s += a[i];
    }
    return s;
}
__attribute__((noinline)) static uint32_t early(uint32_t a, uint32_t b) {
    uint32_t low, high;
    __asm__("mul %[l], %[x], %[y]\n\tmulhu %[h], %[x], %[y]"
            : [l] "=&r"(low), [h] "=r"(high)
            : [x] "r"(a), [y] "r"(b));
    return low ^ high;
}
__attribute__((noinline)) static uint32_t custom(const uint8_t* a, const int8_t* b, int n) {
    uint32_t s = 0;
    for (int i = 0; i + 4 <= n; i += 4) {
        uint32_t x, y;
        __builtin_memcpy(&x, a + i, 4);
        __builtin_memcpy(&y, b + i, 4);
        __asm__("pv.sdotusp.b %0, %1, %2" : "+r"(s) : "r"(x), "r"(y));
    }
    return s;
}
__attribute__((noinline)) static uint32_t fixed(int n) {
    register uint32_t s __asm__("s5") = 9;
    for (int i = 0; i < n; ++i) {
        __asm__ volatile("slli %0, %0, 1\n\taddi %0, %0, 3" : "+r"(s));
    }
    return s;
}
__attribute__((noinline)) static uint32_t own_loop(uint32_t* a, int rows) {
    uint32_t s = 0;
    for (int i = 0; i < rows; ++i) {
        copy_words(a + 8, a, 8);
        a[0] += 5;
        s = s * 3 + a[8 + (i & 7)];
    }
    return s;
}
static uint32_t data[64];
static uint8_t left[64];
static int8_t right[64];

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    for (int i = 0; i < 64; ++i) {
        data[i] = (uint32_t)i * 40503u;
        left[i] = (uint8_t)(i * 3 + (i == 50) * 60);
        right[i] = (int8_t)(i * -5);
    }
    printf("%08x\n", (unsigned)clobbers(data, 64));
    printf("%08x\n", (unsigned)labels(12345, 100));
    printf("%d %d\n", jumps(left, 64), jumps(left, 20));
    printf("%u\n", (unsigned)memory(data, 40));
    printf("%08x\n", (unsigned)early(0xdeadbeef, 0x12345678));
    printf("%d\n", (int)custom(left, right, 64));
    printf("%08x\n", (unsigned)fixed(21));
    printf("%08x\n", (unsigned)own_loop(data, 13));
    return 0;
}
