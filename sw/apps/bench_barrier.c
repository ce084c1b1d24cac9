// SPDX-License-Identifier: Apache-2.0
// Simulation-speed benchmark: little work between many barriers, 16 million instructions with 8
// cores.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kBarriers = 60000, kMaxCores = 16 };

FLEXV_REGION(1, "barriers");

FLEXV_TCDM_BSS static volatile uint32_t sums[kMaxCores];

int main(void) {
    const uint32_t neighbour = (core_id() + 1) % core_count();
    FLEXV_REGION_BEGIN(1);
    for (uint32_t i = 0; i < kBarriers; ++i) {
        uint32_t sum = sums[neighbour];
        for (uint32_t step = 0; step < 4; ++step) {
            sum = (sum << 1) ^ (sum >> 3) ^ step;
        }
        barrier();
        sums[core_id()] = sum + i;
        barrier();
    }
    FLEXV_REGION_END(1);
    if (core_id() == 0) {
        printf("bench_barrier: %u barriers, result %08x\n", (unsigned)(2 * kBarriers),
               (unsigned)sums[0]);
    }
    return 0;
}
