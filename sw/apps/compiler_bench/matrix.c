// SPDX-License-Identifier: Apache-2.0
// Matrix products of unsigned and signed bytes, 64 x 64 x 288: as one writes them down, and in
// blocks of 2 x 4.
#include "bench.h"

enum { kPixels = 64, kChannels = 64, kDepth = 288, kMacs = kPixels * kChannels * kDepth };

static const uint8_t* pixel(uint32_t index) { return (const uint8_t*)arena + index * kDepth; }
static const int8_t* weight(uint32_t index) {
    return (const int8_t*)arena + (kPixels + index) * kDepth;
}
static int32_t* result(uint32_t index) {
    return (int32_t*)(arena + (kPixels + kChannels) * kDepth / 4) + index * kChannels;
}

static void triple_loop(uint32_t core, uint32_t cores) {
    for (uint32_t i = core * kPixels / cores; i < (core + 1) * kPixels / cores; ++i) {
        for (uint32_t j = 0; j < kChannels; ++j) {
            const uint8_t* const a = pixel(i);
            const int8_t* const w = weight(j);
            int32_t sum = 0;
            for (int k = 0; k < kDepth; ++k) {
                sum += a[k] * w[k];
            }
            result(i)[j] = sum;
        }
    }
}

static void block(const uint8_t* a0, const uint8_t* a1, const int8_t* w0, const int8_t* w1,
                  const int8_t* w2, const int8_t* w3, int32_t* c0, int32_t* c1) {
    int32_t s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
    for (int k = 0; k < kDepth; ++k) {
        s00 += a0[k] * w0[k];
        s01 += a0[k] * w1[k];
        s02 += a0[k] * w2[k];
        s03 += a0[k] * w3[k];
        s10 += a1[k] * w0[k];
        s11 += a1[k] * w1[k];
        s12 += a1[k] * w2[k];
        s13 += a1[k] * w3[k];
    }
    c0[0] = s00, c0[1] = s01, c0[2] = s02, c0[3] = s03;
    c1[0] = s10, c1[1] = s11, c1[2] = s12, c1[3] = s13;
}

static void blocks(uint32_t core, uint32_t cores) {
    for (uint32_t i = core * kPixels / cores; i < (core + 1) * kPixels / cores; i += 2) {
        for (uint32_t j = 0; j < kChannels; j += 4) {
            block(pixel(i), pixel(i + 1), weight(j), weight(j + 1), weight(j + 2), weight(j + 3),
                  result(i) + j, result(i + 1) + j);
        }
    }
}

const struct Benchmark matrix_benchmarks[] = {{"matmul_triple_loop", triple_loop, kMacs, 1},
                                              {"matmul_2x4_block", blocks, kMacs, 1},
                                              {0, 0, 0, 0}};
