// SPDX-License-Identifier: Apache-2.0
// Layers of networks with 8 bits as one writes them down: 3 x 3 convolution, 3 x 3 depthwise, 2 x 2
// maximum, rectified sum, on all cores.
#include "bench.h"

enum { kSide = 16, kInner = kSide - 2, kIn = 32, kOut = 16 };
enum { kConvMacs = kInner * kInner * kOut * 9 * kIn, kDepthwiseMacs = kInner * kInner * kIn * 9 };

static const uint8_t* input(void) { return (const uint8_t*)arena; }
static const int8_t* weights(void) { return (const int8_t*)arena + kSide * kSide * kIn; }
static uint8_t* output(void) { return (uint8_t*)arena + 2 * kSide * kSide * kIn; }

static uint8_t clip(int32_t value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

static void conv(uint32_t core, uint32_t cores) {
    for (uint32_t y = core; y < kInner; y += cores) {
        for (uint32_t x = 0; x < kInner; ++x) {
            for (uint32_t o = 0; o < kOut; ++o) {
                int32_t sum = 0;
                for (uint32_t ky = 0; ky < 3; ++ky) {
                    const uint8_t* const a = input() + ((y + ky) * kSide + x) * kIn;
                    const int8_t* const w = weights() + (o * 9 + ky * 3) * kIn;
                    for (uint32_t i = 0; i < 3 * kIn; ++i) {
                        sum += a[i] * w[i];
                    }
                }
                output()[(y * kInner + x) * kOut + o] = clip(sum >> 9);
            }
        }
    }
}

static void depthwise(uint32_t core, uint32_t cores) {
    for (uint32_t y = core; y < kInner; y += cores) {
        for (uint32_t x = 0; x < kInner; ++x) {
            for (uint32_t c = 0; c < kIn; ++c) {
                int32_t sum = 0;
                for (uint32_t ky = 0; ky < 3; ++ky) {
                    for (uint32_t kx = 0; kx < 3; ++kx) {
                        sum += input()[((y + ky) * kSide + x + kx) * kIn + c] *
                               weights()[(ky * 3 + kx) * kIn + c];
                    }
                }
                output()[(y * kInner + x) * kIn + c] = clip(sum >> 7);
            }
        }
    }
}

static void max_pooling(uint32_t core, uint32_t cores) {
    for (uint32_t y = core; y < kSide / 2; y += cores) {
        for (uint32_t x = 0; x < kSide / 2; ++x) {
            const uint8_t* const a = input() + (2 * y * kSide + 2 * x) * kIn;
            uint8_t* const to = output() + (y * kSide / 2 + x) * kIn;
            for (uint32_t c = 0; c < kIn; ++c) {
                const uint8_t upper = a[c] > a[c + kIn] ? a[c] : a[c + kIn];
                const uint8_t lower = a[c + kSide * kIn] > a[c + (kSide + 1) * kIn]
                                          ? a[c + kSide * kIn]
                                          : a[c + (kSide + 1) * kIn];
                to[c] = upper > lower ? upper : lower;
            }
        }
    }
}

static void rectified_sum(uint32_t core, uint32_t cores) {
    const uint32_t share = kSide * kSide * kIn / cores;
    const int8_t* const a = (const int8_t*)input() + core * share;
    const int8_t* const b = weights() + core * share;
    int8_t* const to = (int8_t*)output() + core * share;
    for (uint32_t i = 0; i < share; ++i) {
        const int8_t sum = (int8_t)(a[i] + b[i]);
        to[i] = sum > 0 ? sum : 0;
    }
}

const struct Benchmark layer_benchmarks[] = {{"conv_3x3", conv, kConvMacs, 1},
                                             {"depthwise_3x3", depthwise, kDepthwiseMacs, 1},
                                             {"max_pooling", max_pooling, 0, 1},
                                             {"rectified_sum", rectified_sum, 0, 1},
                                             {0, 0, 0, 0}};
