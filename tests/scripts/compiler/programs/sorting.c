// SPDX-License-Identifier: Apache-2.0
// Sorting of 8, 16 and 32 bits, signed and not, by networks, insertion, shells, merging, radix,
// counting, quick, bitonic, by selection and with comparisons from elsewhere.
#include "flexv/flexv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define APART __attribute__((noinline)) static

enum { kCount = 128 };
static int8_t b[kCount];
static uint8_t ub[kCount];
static int16_t h[kCount], other[kCount];
static uint16_t uh[kCount];
static int32_t w[kCount], more[kCount];

static uint32_t state;
static void fill(void) {
    state = 4;
    for (int i = 0; i < kCount; ++i) {
        state = state * 1664525u + 1013904223u;
        b[i] = (int8_t)(state >> 24), ub[i] = (uint8_t)(state >> 16), h[i] = (int16_t)(state >> 14),
        uh[i] = (uint16_t)(state >> 11), w[i] = (int32_t)state;
    }
}
#define CHECK(name, a)                                             \
    do {                                                           \
        int rising = 1;                                            \
        uint32_t sum = 0;                                          \
        for (int i = 0; i < kCount; ++i) {                         \
            sum = sum * 31 + (uint32_t)(a)[i];                     \
            rising &= i == 0 || (a)[i - 1] <= (a)[i];              \
        }                                                          \
        printf("%s %d %08lx\n", name, rising, (unsigned long)sum); \
    } while (0)

#define INSERTION(T)                           \
    APART void insertion_##T(T* a, int n) {    \
        for (int i = 1; i < n; ++i) {          \
            const T x = a[i];                  \
            int j = i;                         \
            for (; j > 0 && a[j - 1] > x; --j) \
                a[j] = a[j - 1];               \
            a[j] = x;                          \
        }                                      \
    }
INSERTION(int8_t)
INSERTION(uint16_t)
APART void shell(int32_t* a, int n) {
    for (int gap = n / 2; gap > 0; gap /= 2)
        for (int i = gap; i < n; ++i)
            for (int j = i - gap; j >= 0 && a[j] > a[j + gap]; j -= gap) {
                const int32_t t = a[j];
                a[j] = a[j + gap], a[j + gap] = t;
            }
}
APART void merge(int16_t* a, int16_t* scratch, int n) {
    for (int width = 1; width < n; width *= 2) {
        for (int i = 0; i < n; i += 2 * width) {
            int l = i, m = i + width < n ? i + width : n, r = m,
                e = i + 2 * width < n ? i + 2 * width : n, o = i;
            const int middle = m;
            while (l < middle && r < e)
                scratch[o++] = a[l] <= a[r] ? a[l++] : a[r++];
            while (l < middle)
                scratch[o++] = a[l++];
            while (r < e)
                scratch[o++] = a[r++];
        }
        memcpy(a, scratch, (unsigned)n * sizeof *a);
    }
}
APART void radix(int32_t* a, int32_t* scratch, int n) {
    for (int shift = 0; shift < 32; shift += 8) {
        unsigned counts[256] = {0};
        for (int i = 0; i < n; ++i)
            counts[((uint32_t)a[i] ^ 0x80000000u) >> shift & 255]++;
        for (unsigned i = 0, sum = 0; i < 256; ++i) {
            const unsigned c = counts[i];
            counts[i] = sum, sum += c;
        }
        for (int i = 0; i < n; ++i)
            scratch[counts[((uint32_t)a[i] ^ 0x80000000u) >> shift & 255]++] = a[i];
        memcpy(a, scratch, (unsigned)n * sizeof *a);
    }
}
APART void counting(uint8_t* a, int n) {
    uint16_t counts[256];
    memset(counts, 0, sizeof counts);
    for (int i = 0; i < n; ++i)
        counts[a[i]]++;
    for (int v = 0, o = 0; v < 256; ++v)
        for (int k = counts[v]; k > 0; --k)
            a[o++] = (uint8_t)v;
}
static void quick(uint16_t* a, int low, int high) {
    while (low < high) {
        const uint16_t pivot = a[(low + high) / 2];
        int i = low, j = high;
        while (i <= j) {
            while (a[i] < pivot)
                ++i;
            while (a[j] > pivot)
                --j;
            if (i <= j) {
                const uint16_t t = a[i];
                a[i++] = a[j], a[j--] = t;
            }
        }
        if (j - low < high - i)
            quick(a, low, j), low = i;
        else
            quick(a, i, high), high = j;
    }
}
APART void bitonic(int16_t* a) {
    for (int k = 2; k <= kCount; k *= 2)
        for (int j = k / 2; j > 0; j /= 2)
            for (int i = 0; i < kCount; ++i) {
                const int l = i ^ j;
                if (l > i && ((i & k) == 0) == (a[i] > a[l])) {
                    const int16_t t = a[i];
                    a[i] = a[l], a[l] = t;
                }
            }
}
APART void selection(int8_t* a, int n) {
    for (int i = 0; i < n; ++i) {
        int least = i;
        for (int j = i + 1; j < n; ++j)
            if (a[j] < a[least])
                least = j;
        const int8_t t = a[i];
        a[i] = a[least], a[least] = t;
    }
}
#define SWAP(i, j) (t = a[i] < a[j] ? a[i] : a[j], a[j] = a[i] < a[j] ? a[j] : a[i], a[i] = t)
APART void network8(int32_t* a) {
    int32_t t;
    SWAP(0, 2), SWAP(1, 3), SWAP(4, 6), SWAP(5, 7), SWAP(0, 4), SWAP(1, 5), SWAP(2, 6), SWAP(3, 7),
        SWAP(0, 1), SWAP(2, 3);
    SWAP(4, 5), SWAP(6, 7), SWAP(2, 4), SWAP(3, 5), SWAP(1, 4), SWAP(3, 6), SWAP(1, 2), SWAP(3, 4),
        SWAP(5, 6);
}
APART void odd_even(uint8_t* a, int n) {  // min and max of neighbours
    for (int round = 0; round < n; ++round)
        for (int i = round & 1; i + 1 < n; i += 2) {
            const uint8_t x = a[i], y = a[i + 1];
            a[i] = x < y ? x : y, a[i + 1] = x < y ? y : x;
        }
}
static int by_low_byte(const void* x, const void* y) {
    const uint32_t p = *(const uint32_t*)x, q = *(const uint32_t*)y;
    return (int)(p & 255) - (int)(q & 255) ? (int)(p & 255) - (int)(q & 255) : (p > q) - (p < q);
}
APART int where(const uint16_t* a, int n, uint16_t x) {
    int low = 0, high = n;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (a[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    fill();
    insertion_int8_t(b, kCount);
    CHECK("insertion", b);
    insertion_uint16_t(uh, 100);
    CHECK("insertion of some", uh);
    shell(w, kCount);
    CHECK("shell", w);
    merge(h, other, kCount);
    CHECK("merge", h);
    fill();
    radix(w, more, kCount);
    CHECK("radix", w);
    counting(ub, kCount);
    CHECK("counting", ub);
    quick(uh, 0, kCount - 1);
    CHECK("quick", uh);
    printf("%d %d %d\n", where(uh, kCount, 0), where(uh, kCount, 30000), where(uh, kCount, 65535));
    bitonic(h);
    CHECK("bitonic", h);
    fill();
    selection(b, kCount);
    CHECK("selection", b);
    for (int i = 0; i < kCount; i += 8)
        network8(w + i);
    CHECK("networks", w);
    odd_even(ub, kCount);
    CHECK("odd and even", ub);
    qsort(w, kCount, sizeof *w, by_low_byte);
    CHECK("by low bytes", w);
    return 0;
}
