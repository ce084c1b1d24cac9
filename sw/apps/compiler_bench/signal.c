// SPDX-License-Identifier: Apache-2.0
// Signal processing on halfwords, on one core: FIR filter, dot product, radix-2 FFT in fixed point.
#include "bench.h"

enum { kTaps = 32, kSamples = 512, kLength = 4096, kPoints = 256 };

static void fir(uint32_t core, uint32_t cores) {
    const int16_t* const x = (const int16_t*)arena;
    const int16_t* const h = (const int16_t*)arena + 2048;
    int16_t* const y = (int16_t*)arena + 4096;
    (void)core, (void)cores;
    for (int n = 0; n < kSamples; ++n) {
        int32_t sum = 0;
        for (int k = 0; k < kTaps; ++k) {
            sum += (int32_t)((uint32_t)(x[n + k] * h[k]));
        }
        sum >>= 15;
        y[n] = (int16_t)(sum < -32768 ? -32768 : sum > 32767 ? 32767 : sum);
    }
}

static void dot_product(uint32_t core, uint32_t cores) {
    const int16_t* const x = (const int16_t*)arena;
    const int16_t* const y = (const int16_t*)arena + kLength;
    uint32_t sum = 0;
    (void)core, (void)cores;
    for (int i = 0; i < kLength; ++i) {
        sum += (uint32_t)(x[i] * y[i]);
    }
    arena[0] = sum;
}

// Twiddle factors are random numbers from the arena: the work is the same.
static void fft(uint32_t core, uint32_t cores) {
    int16_t* const re = (int16_t*)arena;
    int16_t* const im = re + kPoints;
    const int16_t* const twiddle = im + kPoints;
    (void)core, (void)cores;
    for (int half = kPoints / 2; half > 0; half >>= 1) {
        for (int start = 0; start < kPoints; start += 2 * half) {
            for (int k = 0; k < half; ++k) {
                const int a = start + k;
                const int b = a + half;
                const int32_t c = twiddle[2 * k] >> 1;
                const int32_t s = twiddle[2 * k + 1] >> 1;
                const int32_t dr = (re[a] - re[b]) >> 1;
                const int32_t di = (im[a] - im[b]) >> 1;
                re[a] = (int16_t)((re[a] + re[b]) >> 1);
                im[a] = (int16_t)((im[a] + im[b]) >> 1);
                re[b] = (int16_t)((dr * c - di * s) >> 14);
                im[b] = (int16_t)((dr * s + di * c) >> 14);
            }
        }
    }
}

const struct Benchmark signal_benchmarks[] = {{"fir_int16", fir, kTaps* kSamples, 0},
                                              {"dot_int16", dot_product, kLength, 0},
                                              {"fft_int16", fft, 0, 0},
                                              {0, 0, 0, 0}};
