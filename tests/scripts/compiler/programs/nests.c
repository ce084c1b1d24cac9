// SPDX-License-Identifier: Apache-2.0
// Nests of two to four loops: triangles, stencils, convolutions, sorting, transposition, early
// ends.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kSize = 17 };
static int8_t image[kSize][kSize], kernel[3][3];
static int16_t filtered[kSize][kSize];
static uint8_t pixels[kSize * kSize], turned[kSize * kSize];
static int matrix[kSize][kSize], product[kSize][kSize];

static unsigned hash(const void* from, unsigned bytes) {
    const uint8_t* const p = from;
    unsigned h = 1;
    for (unsigned i = 0; i < bytes; ++i) {
        h = h * 31 + p[i];
    }
    return h;
}
__attribute__((noinline)) static void convolve(int rows, int columns) {
    for (int y = 0; y + 2 < rows; ++y) {
        for (int x = 0; x + 2 < columns; ++x) {
            int s = 64;
            for (int i = 0; i < 3; ++i) {
                for (int j = 0; j < 3; ++j) {
                    s += image[y + i][x + j] * kernel[i][j];
                }
            }
            filtered[y][x] = (int16_t)(s >> 3);
        }
    }
}
__attribute__((noinline)) static int triangle(int n) {
    unsigned s = 0;
    for (int i = 0; i < n; ++i) {
        for (int j = i; j < n; ++j) {
            for (int k = j; k < n; ++k) {
                s = s * 3 + (unsigned)(i * j - k);
            }
        }
    }
    return (int)s;
}
__attribute__((noinline)) static void multiply(int n) {
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            int s = 0;
            for (int k = 0; k < n; ++k) {
                s += matrix[i][k] * matrix[k][j];
            }
            product[i][j] = s;
        }
    }
}
__attribute__((noinline)) static void transpose(int n) {
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            turned[j * n + i] = pixels[i * n + j];
        }
    }
}
__attribute__((noinline)) static void bubbles(uint8_t* a, int n) {
    for (int end = n; end > 1; --end) {
        int swaps = 0;
        for (int i = 1; i < end; ++i) {
            if (a[i - 1] > a[i]) {
                const uint8_t t = a[i];
                a[i] = a[i - 1];
                a[i - 1] = t;
                ++swaps;
            }
        }
        if (swaps == 0) {
            break;
        }
    }
}
__attribute__((noinline)) static int paths(int n) {
    int reach[kSize][kSize] = {{0}};
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            reach[i][j] = i == 0 || j == 0 ? 1 : (reach[i - 1][j] + reach[i][j - 1]) % 10007;
        }
    }
    return n > 0 ? reach[n - 1][n - 1] : 0;
}
__attribute__((noinline)) static int primes(int n) {
    static uint8_t composite[2000];
    int count = 0;
    for (int i = 2; i < n; ++i) {
        if (composite[i]) {
            continue;
        }
        ++count;
        for (int j = i * i; j < n; j += i) {
            composite[j] = 1;
        }
    }
    return count;
}
__attribute__((noinline)) static unsigned four(int n) {
    unsigned s = 1;
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < i; ++j)
            for (int k = 0; k < 3; ++k)
                for (int l = k; l < j; ++l)
                    s = s * 5 + (unsigned)(i ^ j ^ k ^ l);
    return s;
}
__attribute__((noinline)) static int search(int n, int wanted) {
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            if (matrix[i][j] == wanted) {
                return i * 100 + j;
            }
            if (matrix[i][j] < -900) {
                goto next_row;
            }
        }
    next_row:;
    }
    return -1;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    for (int i = 0; i < kSize; ++i) {
        for (int j = 0; j < kSize; ++j) {
            image[i][j] = (int8_t)(i * 37 - j * 53);
            matrix[i][j] = i * 79 - j * j * 4;
            pixels[i * kSize + j] = (uint8_t)(i * 77 ^ j * 13);
        }
    }
    for (int i = 0; i < 9; ++i) {
        kernel[i / 3][i % 3] = (int8_t)(i * 31 - 100);
    }
    for (int n = kSize; n > 0; n -= 5) {
        convolve(n, kSize - n / 3);
        multiply(n);
        transpose(n);
        printf("%08x %08x %08x %d %d %u %d\n", hash(filtered, sizeof filtered),
               hash(product, sizeof product), hash(turned, sizeof turned), triangle(n), paths(n),
               four(n), search(n, 79 * 3 - 4 * 9));
    }
    bubbles(pixels, kSize * kSize);
    printf("%08x %d %d %d\n", hash(pixels, sizeof pixels), primes(2000), search(0, 1),
           search(kSize, 12345678));
    return 0;
}
