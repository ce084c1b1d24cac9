// SPDX-License-Identifier: Apache-2.0
// SHA-256, base64, LZ77, CORDIC, bit tricks, a polynomial over GF(2), text search, and builtins of
// the compiler.
#include "flexv/flexv.h"

#include <stdio.h>
#include <string.h>

static const uint32_t rounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t x, int n) { return x >> n | x << (32 - n); }
static void block(uint32_t h[8], const uint8_t* p) {
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; ++i) {
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    }
    for (int i = 16; i < 64; ++i) {
        const uint32_t a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3,
                       b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    memcpy(v, h, sizeof v);
    for (int i = 0; i < 64; ++i) {
        const uint32_t t1 = v[7] + (turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)) +
                            ((v[4] & v[5]) ^ (~v[4] & v[6])) + rounds[i] + w[i];
        const uint32_t t2 = (turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)) +
                            ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        for (int j = 7; j > 0; --j) {
            v[j] = v[j - 1];
        }
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; ++i) {
        h[i] += v[i];
    }
}
__attribute__((noinline)) static void sha256(const uint8_t* data, uint32_t length) {
    uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint8_t last[128] = {0};
    uint32_t done = 0;
    for (; done + 64 <= length; done += 64) {
        block(h, data + done);
    }
    memcpy(last, data + done, length - done);
    last[length - done] = 0x80;
    const uint32_t blocks = length - done < 56 ? 1 : 2;
    for (int i = 0; i < 4; ++i) {
        last[blocks * 64 - 1 - (uint32_t)i] = (uint8_t)(length * 8 >> (8 * i));
    }
    for (uint32_t i = 0; i < blocks; ++i) {
        block(h, last + 64 * i);
    }
    for (int i = 0; i < 8; ++i) {
        printf("%08x", (unsigned)h[i]);
    }
    printf("\n");
}
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
__attribute__((noinline)) static int base64(char* to, const uint8_t* from, int n) {
    char* const start = to;
    for (int i = 0; i < n; i += 3) {
        const uint32_t w = (uint32_t)from[i] << 16 | (i + 1 < n ? from[i + 1] << 8 : 0) |
                           (i + 2 < n ? from[i + 2] : 0);
        for (int j = 0; j < 4; ++j) {
            *to++ = i + j > n ? '=' : digits[w >> (18 - 6 * j) & 63];
        }
    }
    *to = 0;
    return (int)(to - start);
}
__attribute__((noinline)) static int pack(uint8_t* to, const uint8_t* from, int n) {
    int out = 0;
    for (int i = 0; i < n;) {
        int best = 0, where = 0;
        for (int j = i > 255 ? i - 255 : 0; j < i; ++j) {
            int length = 0;
            while (i + length < n && length < 255 && from[j + length] == from[i + length]) {
                ++length;
            }
            if (length > best) {
                best = length;
                where = i - j;
            }
        }
        if (best > 3) {
            to[out++] = 0, to[out++] = (uint8_t)where, to[out++] = (uint8_t)best;
            i += best;
        } else {
            to[out++] = 1, to[out++] = from[i++];
        }
    }
    return out;
}
__attribute__((noinline)) static int unpack(uint8_t* to, const uint8_t* from, int n) {
    int out = 0;
    for (int i = 0; i < n;) {
        if (from[i] == 0) {
            for (int k = 0; k < from[i + 2]; ++k, ++out) {
                to[out] = to[out - from[i + 1]];
            }
            i += 3;
        } else {
            to[out++] = from[i + 1];
            i += 2;
        }
    }
    return out;
}
__attribute__((noinline)) static int32_t cordic(int32_t angle) {
    static const int32_t angles[16] = {25736, 15193, 8027, 4075, 2045, 1024, 512, 256,
                                       128,   64,    32,   16,   8,    4,    2,   1};
    int32_t x = 19898, y = 0;
    for (int i = 0; i < 16; ++i) {
        const int32_t dx = y >> i, dy = x >> i, sign = angle < 0 ? -1 : 1;
        x -= sign * dx;
        y += sign * dy;
        angle -= sign * angles[i];
    }
    return x * 3 + y;
}
__attribute__((noinline)) static uint32_t bits(uint32_t x) {
    uint32_t s = (uint32_t)__builtin_popcount(x) + (uint32_t)__builtin_parity(x) * 3 +
                 (uint32_t)__builtin_ffs((int)x) * 5 + __builtin_bswap32(x);
    s += x == 0 ? 7 : (uint32_t)(__builtin_clz(x) * 11 + __builtin_ctz(x) * 13);
    s += (uint32_t)__builtin_popcountll((uint64_t)x * x) * 17 + __builtin_bswap16((uint16_t)x) +
         (uint32_t)__builtin_clrsb((int)x) * 19;
    uint32_t r = 0;
    for (int i = 0; i < 32; ++i) {
        r = r << 1 | (x >> i & 1);
    }
    s ^= r;
    while (x != 0) {
        s = s * 3 + (x & -x);
        x &= x - 1;
    }
    return s;
}
__attribute__((noinline)) static uint32_t root(uint32_t x) {
    uint32_t r = 0;
    for (uint32_t bit = 1u << 30; bit != 0; bit >>= 2) {
        if (x >= r + bit) {
            x -= r + bit;
            r = (r >> 1) + bit;
        } else {
            r >>= 1;
        }
    }
    return r;
}
__attribute__((noinline)) static int find(const char* text, const char* word) {
    for (int i = 0; text[i]; ++i) {
        int j = 0;
        while (word[j] && text[i + j] == word[j]) {
            ++j;
        }
        if (!word[j]) {
            return i;
        }
    }
    return -1;
}
static uint8_t data[600], packed[1300], again[600];
static char text[900];

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    for (int i = 0; i < 600; ++i) {
        data[i] = (uint8_t)(i % 37 * (i / 90) + (i & 4));
    }
    sha256((const uint8_t*)"abc", 3);
    for (uint32_t n = 50; n < 140; n += 7) {
        sha256(data, n);
    }
    for (int n = 0; n < 8; ++n) {
        printf("%d %s\n", base64(text, data + 300, n), text);
    }
    const int n = pack(packed, data, 600);
    memset(again, 0xff, sizeof again);
    const int whole = unpack(again, packed, n);
    printf("%d %d %d\n", n, whole, memcmp(data, again, sizeof data));
    uint32_t s = 1;
    for (int i = 0; i < 40; ++i) {
        s = s * 7 + (uint32_t)cordic(i * 1000 - 20000) + bits((uint32_t)i * 0x12345677u) +
            root((uint32_t)i * 107374182u);
    }
    printf("%08x\n", (unsigned)s);
    base64(text, data, 500);
    printf("%d %d %d\n", find(text, "AA"), find(text, "zzzzz"), find(text, ""));
    return 0;
}
