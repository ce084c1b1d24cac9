// SPDX-License-Identifier: Apache-2.0
// Structures by value, bit fields, unions, packed and flexible ones.
#include "flexv/flexv.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct Bits {
    unsigned a : 3;
    int b : 5;
    unsigned c : 12;
    int d : 12;
    unsigned long long e : 37;
    _Bool f : 1;
};
struct __attribute__((packed)) Packed {
    uint8_t kind;
    uint32_t word;
    int16_t half;
    uint64_t wide;
};
struct Small {
    int16_t x, y;
};
struct Large {
    int values[9];
    struct Small small;
    char name[7];
};
union Pun {
    uint32_t word;
    uint8_t bytes[4];
    int16_t halves[2];
    float number;
};
struct Tail {
    int count;
    int16_t items[];
};

__attribute__((noinline)) static struct Small turn(struct Small s) {
    return (struct Small){(int16_t)-s.y, s.x};
}
__attribute__((noinline)) static struct Large change(struct Large l, int by) {
    for (int i = 0; i < 9; ++i) {
        l.values[i] = l.values[i] * by + l.small.x;
    }
    l.small = turn(l.small);
    l.name[by & 3] = 'x';
    return l;
}
__attribute__((noinline)) static unsigned walk(struct Bits* bits, int count) {
    unsigned sum = 0;
    for (int i = 0; i < count; ++i) {
        bits[i].a += 3;
        bits[i].b -= 7;
        bits[i].c ^= bits[i].a << 4;
        bits[i].d = bits[i].b * bits[i].d;
        bits[i].e = bits[i].e * 5 + bits[i].c;
        bits[i].f = bits[i].e & 8;
        sum = sum * 31 + (unsigned)bits[i].b + bits[i].c + (unsigned)bits[i].d + bits[i].f +
              (unsigned)(bits[i].e >> 7);
    }
    return sum;
}
__attribute__((noinline)) static uint64_t unpack(const struct Packed* p, int count) {
    uint64_t sum = 0;
    for (int i = 0; i < count; ++i) {
        sum += p[i].kind + p[i].word * 3u + (uint64_t)p[i].half + p[i].wide;
    }
    return sum;
}
static uint32_t storage[16];

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    struct Bits bits[5];
    memset(bits, 0x5a, sizeof bits);
    for (int round = 0; round < 4; ++round) {
        printf("bits %08x\n", walk(bits, 5));
    }
    struct Packed packed[6];
    memset(packed, 0, sizeof packed);
    for (int i = 0; i < 6; ++i) {
        packed[i].kind = (uint8_t)(i * 77);
        packed[i].word = 0xfffffff0u + (unsigned)i * 5;
        packed[i].half = (int16_t)(i * -9999);
        packed[i].wide = 0x123456789abcull * (unsigned)i;
    }
    const uint64_t total = unpack(packed, 6);
    printf("packed %u %u %08x%08x\n", (unsigned)sizeof packed[0],
           (unsigned)offsetof(struct Packed, wide), (unsigned)(total >> 32), (unsigned)total);
    struct Large large = {.values = {[2] = 5, [8] = -1}, .small = {3, -4}, .name = "abcdef"};
    for (int i = 0; i < 5; ++i) {
        large = change(large, i - 2);
    }
    for (int i = 0; i < 9; ++i) {
        printf("%d ", large.values[i]);
    }
    printf("%d %d %s\n", large.small.x, large.small.y, large.name);
    union Pun pun = {.number = 1.5f};
    printf("pun %08x %u %d\n", (unsigned)pun.word, pun.bytes[2], pun.halves[1]);
    pun.bytes[3] ^= 0x80;
    printf("pun %d\n", (int)(pun.number * 8));
    struct Tail* tail = (struct Tail*)storage;
    tail->count = 9;
    int sum = 0;
    for (int i = 0; i < tail->count; ++i) {
        tail->items[i] = (int16_t)(i * i * 1000);
    }
    for (int i = tail->count; i-- > 0;) {
        sum = sum * 3 + tail->items[i];
    }
    printf("tail %d\n", sum);
    return 0;
}
