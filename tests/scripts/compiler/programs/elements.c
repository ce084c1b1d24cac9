// SPDX-License-Identifier: Apache-2.0
// Operations on elements that have no instruction of their own: saturation, averages, distances,
// counting, neighbours, stores under a condition, for all bytes beside many, and for halfwords.
#include "flexv/flexv.h"

#include <stdio.h>
#include <stdlib.h>

#define APART __attribute__((noinline)) static

enum { kCount = 259 };  // all bytes, and a rest behind the last word

static uint8_t ua[kCount], ub[kCount + 1];
static int8_t sa[kCount], sb[kCount + 1];
static uint16_t wa[kCount], wb[kCount + 1];
static int16_t ha[kCount], hb[kCount + 1];

#define OPERATIONS(T, name, low, high)                                                        \
    APART void add_##name(T* a, const T* b, int n) {                                          \
        for (int i = 0; i < n; ++i) {                                                         \
            const int s = a[i] + b[i];                                                        \
            a[i] = (T)(s < (low) ? (low) : s > (high) ? (high) : s);                          \
        }                                                                                     \
    }                                                                                         \
    APART void subtract_##name(T* a, const T* b, int n) {                                     \
        for (int i = 0; i < n; ++i) {                                                         \
            const int s = a[i] - b[i];                                                        \
            a[i] = (T)(s < (low) ? (low) : s > (high) ? (high) : s);                          \
        }                                                                                     \
    }                                                                                         \
    APART void shift_##name(T* a, T b, int n) {                                               \
        for (int i = 0; i < n; ++i) {                                                         \
            const int s = a[i] + b;                                                           \
            a[i] = (T)(s > (high) ? (high) : s < (low) ? (low) : s);                          \
        }                                                                                     \
    }                                                                                         \
    APART void average_##name(T* a, const T* b, int n) {                                      \
        for (int i = 0; i < n; ++i) {                                                         \
            a[i] = (T)((a[i] + b[i]) >> 1);                                                   \
        }                                                                                     \
    }                                                                                         \
    APART void average_up_##name(T* a, const T* b, int n) {                                   \
        for (int i = 0; i < n; ++i) {                                                         \
            a[i] = (T)((a[i] + b[i] + 1) >> 1);                                               \
        }                                                                                     \
    }                                                                                         \
    APART void distance_##name(T* a, const T* b, int n) {                                     \
        for (int i = 0; i < n; ++i) {                                                         \
            a[i] = (T)abs(a[i] - b[i]);                                                       \
        }                                                                                     \
    }                                                                                         \
    APART unsigned distances_##name(const T* a, const T* b, int n) {                          \
        unsigned s = 0;                                                                       \
        for (int i = 0; i < n; ++i) {                                                         \
            s += (unsigned)abs(a[i] - b[i]);                                                  \
        }                                                                                     \
        return s;                                                                             \
    }                                                                                         \
    APART int count_##name(const T* a, T b, int n) {                                          \
        int c = 0;                                                                            \
        for (int i = 0; i < n; ++i) {                                                         \
            if (a[i] > b) {                                                                   \
                ++c;                                                                          \
            }                                                                                 \
            c -= a[i] == b;                                                                   \
        }                                                                                     \
        return c;                                                                             \
    }                                                                                         \
    APART void differences_##name(T* a, const T* b, int n) {                                  \
        for (int i = 0; i < n; ++i) {                                                         \
            a[i] = (T)(b[i + 1] - b[i]);                                                      \
        }                                                                                     \
    }                                                                                         \
    APART void lower_##name(T* a, T b, int n) {                                               \
        for (int i = 0; i < n; ++i) {                                                         \
            if (a[i] > b) {                                                                   \
                a[i] = (T)(a[i] - b);                                                         \
            }                                                                                 \
        }                                                                                     \
    }                                                                                         \
    APART void replace_##name(T* a, const T* b, int n) {                                      \
        for (int i = 0; i < n; ++i) {                                                         \
            if (b[i] != a[i]) {                                                               \
                a[i] = b[i];                                                                  \
            }                                                                                 \
        }                                                                                     \
    }                                                                                         \
    APART int few_##name(const T* a, const T* b) {                                            \
        int s = 0;                                                                            \
        for (int i = 0; i < 11; ++i) {                                                        \
            s += (int)((unsigned)a[i] * (unsigned)b[i] % 251u);                               \
        }                                                                                     \
        for (int i = 0; i < 8; ++i) {                                                         \
            s += (a[i] & 127) * (b[i] & 127);                                                 \
        }                                                                                     \
        for (int i = 0; i < 16; ++i) {                                                        \
            s ^= (int)((unsigned)a[i] * 3u);                                                  \
        }                                                                                     \
        return s;                                                                             \
    }                                                                                         \
    APART uint32_t check_##name(T* a, T* b, int scale) {                                      \
        uint32_t h = 2166136261u;                                                             \
        for (int row = 0; row < 256; row += row % 64 == 0 || row % 64 == 62 ? 1 : 61) {       \
            for (int operation = 0; operation < 9; ++operation) {                             \
                for (int i = 0; i < kCount; ++i) {                                            \
                    a[i] = (T)(i * scale), b[i] = (T)(row * scale + (operation > 6 ? i : 0)); \
                }                                                                             \
                const T one = b[0];                                                           \
                switch (operation) {                                                          \
                    case 0:                                                                   \
                        add_##name(a, b, kCount);                                             \
                        break;                                                                \
                    case 1:                                                                   \
                        subtract_##name(a, b, kCount);                                        \
                        break;                                                                \
                    case 2:                                                                   \
                        shift_##name(a, one, kCount);                                         \
                        break;                                                                \
                    case 3:                                                                   \
                        average_##name(a, b, kCount);                                         \
                        break;                                                                \
                    case 4:                                                                   \
                        average_up_##name(a, b, kCount);                                      \
                        break;                                                                \
                    case 5:                                                                   \
                        distance_##name(a, b, kCount);                                        \
                        break;                                                                \
                    case 6:                                                                   \
                        lower_##name(a, one, kCount);                                         \
                        break;                                                                \
                    case 7:                                                                   \
                        differences_##name(a, b, kCount);                                     \
                        break;                                                                \
                    default:                                                                  \
                        replace_##name(a, b, kCount);                                         \
                        break;                                                                \
                }                                                                             \
                for (int i = 0; i < kCount; ++i) {                                            \
                    h = (h ^ (uint32_t)a[i]) * 16777619u;                                     \
                }                                                                             \
                h += distances_##name(a, b, kCount - 1);                                      \
                h ^= (uint32_t)count_##name(a, one, kCount) * 31u;                            \
                h += (uint32_t)few_##name(a, b);                                              \
            }                                                                                 \
        }                                                                                     \
        return h;                                                                             \
    }
OPERATIONS(uint8_t, u8, 0, 255)
OPERATIONS(int8_t, s8, -128, 127)
OPERATIONS(uint16_t, u16, 0, 65535)
OPERATIONS(int16_t, s16, -32768, 32767)

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    printf("u8 %08lx\n", (unsigned long)check_u8(ua, ub, 1));
    printf("s8 %08lx\n", (unsigned long)check_s8(sa, sb, 1));
    printf("u16 %08lx\n", (unsigned long)check_u16(wa, wb, 257));
    printf("s16 %08lx\n", (unsigned long)check_s16(ha, hb, 257));
    return 0;
}
