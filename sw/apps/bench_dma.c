// SPDX-License-Identifier: Apache-2.0
// Simulation-speed benchmark: every core keeps a transfer in each direction under way, 2 KiB each,
// while it adds up what it has got; the DMA is the bottleneck.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kMaxCores = 16, kWords = 512, kRounds = 600 };

FLEXV_REGION(1, "copy");

FLEXV_NOINIT static uint32_t memory[kMaxCores][kWords];
FLEXV_TCDM_BSS static uint32_t buffers[kMaxCores][2][kWords / 4];

static uint32_t sum_of(const uint32_t* words, uint32_t count) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count; ++i) {
        sum += words[i];
    }
    return sum;
}

int main(void) {
    const uint32_t core = core_id();
    const size_t bytes = sizeof buffers[0][0];
    uint32_t sum = 0;
    FLEXV_REGION_BEGIN(1);
    for (uint32_t round = 0; round < kRounds; ++round) {
        uint32_t* const external = &memory[core][round % 4 * (kWords / 4)];
        uint32_t(*const pair)[kWords / 4] = buffers[core];
        const DmaTransfer in = dma_start_in(pair[round % 2], external, bytes);
        sum += sum_of(pair[(round + 1) % 2], 32);
        dma_wait(in);
        dma_wait(dma_start_out(external, pair[round % 2], bytes));
    }
    FLEXV_REGION_END(1);
    __asm__ volatile("" : : "r"(sum));  // of words that nobody has written: nothing may depend on it
    if (core == 0) {
        printf("bench_dma: %u cores, %u transfers each\n", (unsigned)core_count(), 2 * kRounds);
    }
    return 0;
}
