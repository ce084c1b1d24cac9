// SPDX-License-Identifier: Apache-2.0
// The same memory as bytes, halfwords and words; pointers that may be anything.
#include "flexv/flexv.h"

#include <stdio.h>
#include <string.h>

typedef uint16_t __attribute__((may_alias)) AnyHalf;
typedef uint32_t __attribute__((may_alias)) AnyWord;

static _Alignas(4) uint8_t pool[512];

static void refill(void) {
    for (int i = 0; i < 512; ++i) {
        pool[i] = (uint8_t)(i * i + 3 * i);
    }
}
static void show(const char* name) {
    uint32_t h = 1;
    for (int i = 0; i < 512; ++i) {
        h = h * 33 + pool[i];
    }
    printf("%s %08x\n", name, (unsigned)h);
}
__attribute__((noinline)) static int bytes_in_words(uint8_t* to, const int* count) {
    int s = 0;
    for (int i = 0; i < *count && i < 60; ++i) {  // *count may change by the store
        to[i] = (uint8_t)(to[i] + i);
        s += to[i];
    }
    return s;
}
__attribute__((noinline)) static void halves_of(AnyHalf* to, const uint8_t* from, int n) {
    for (int i = 0; i < n; ++i) {
        to[i] = (uint16_t)(from[i] * 3);
    }
}
__attribute__((noinline)) static void words_of(AnyWord* to, const AnyHalf* from, int n) {
    for (int i = 0; i < n; ++i) {
        to[i] += from[i];
    }
}
__attribute__((noinline)) static void add(int8_t* to, const int8_t* a, const int8_t* b, int n) {
    for (int i = 0; i < n; ++i) {
        to[i] = (int8_t)(a[i] + b[i]);
    }
}
__attribute__((noinline)) static int dot(const uint8_t* a, const int8_t* b, int* into, int n) {
    for (int i = 0; i < n; ++i) {
        *into += a[i] * b[i];  // may be among the factors
    }
    return *into;
}
__attribute__((noinline)) static void swap(uint8_t* a, uint8_t* b, int n) {
    for (int i = 0; i < n; ++i) {
        const uint8_t t = a[i];
        a[i] = b[i];
        b[i] = t;
    }
}
__attribute__((noinline)) static void reverse(uint16_t* a, int n) {
    for (int i = 0, j = n - 1; i < j; ++i, --j) {
        const uint16_t t = a[i];
        a[i] = a[j];
        a[j] = t;
    }
}
__attribute__((noinline)) static void pointers(uint8_t** rows, int count, int n) {
    for (int r = 0; r < count; ++r) {
        for (int i = 0; i < n; ++i) {
            rows[r][i] ^= rows[(r + 1) % count][n - 1 - i];
        }
    }
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    for (int shift = 0; shift < 9; shift += 1 + shift / 3) {
        refill();
        int count = 60;
        printf("%d\n", bytes_in_words(pool + shift, &count));
        count = 7;
        memcpy(pool + 16, &count, 4);
        printf("%d\n", bytes_in_words(pool + shift + 10, (int*)(pool + 16)));
        show("bytes");
        halves_of((AnyHalf*)(pool + 2 * shift), pool + 4, 50);
        show("halves");
        words_of((AnyWord*)(pool + 4 * shift), (const AnyHalf*)(pool + 8), 40);
        show("words");
        add((int8_t*)pool + 8 + shift, (const int8_t*)pool + 8, (const int8_t*)pool + 10, 100);
        add((int8_t*)pool + 200, (const int8_t*)pool + 200 + shift, (const int8_t*)pool + 204, 100);
        show("add");
        int* const into = (int*)(void*)(pool + 4 * (shift & 3) + 40);
        *into = 5;
        printf("%d\n", dot(pool + 32, (const int8_t*)pool + 100, into, 48));
        swap(pool + 60, pool + 60 + shift, 50);
        reverse((uint16_t*)(void*)(pool + 100), 70 + shift);
        uint8_t* rows[4] = {pool + 300, pool + 300 + shift, pool + 340, pool + 300};
        pointers(rows, 4, 45);
        show("rest");
    }
    return 0;
}
