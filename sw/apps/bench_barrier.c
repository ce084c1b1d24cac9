// SPDX-License-Identifier: Apache-2.0
// Simulation-speed benchmark: little work between many barriers, on BENCH_CORES cores. They meet at
// a barrier of their own, the others sleep at the one behind main().
#include "flexv/flexv.h"

#include <stdio.h>

enum { kBarriers = 120000, kMaxCores = 16, kOwnBarrier = 1 };

FLEXV_REGION(1, "barriers");

FLEXV_TCDM_BSS static volatile uint32_t sums[kMaxCores];

static void meet(void) { event_load(EVENT_UNIT + EU_DEMUX_BAR_TRIGGER_WAIT_CLEAR(kOwnBarrier)); }

static void work(uint32_t workers) {
    const uint32_t neighbour = (core_id() + 1) % workers;
    FLEXV_REGION_BEGIN(1);
    for (uint32_t i = 0; i < kBarriers / 2; ++i) {
        uint32_t sum = sums[neighbour];
        for (uint32_t step = 0; step < 4; ++step) {
            sum = (sum << 1) ^ (sum >> 3) ^ step;
        }
        meet();
        sums[core_id()] = sum + i;
        meet();
    }
    FLEXV_REGION_END(1);
}

int main(void) {
    const uint32_t workers = core_count() < BENCH_CORES ? core_count() : BENCH_CORES;
    if (core_id() == 0) {
        const uint32_t mask = (1u << workers) - 1;
        io_write(EVENT_UNIT + EU_DEMUX_BAR_TRIGGER_MASK(kOwnBarrier), mask);
        io_write(EVENT_UNIT + EU_DEMUX_BAR_TARGET_MASK(kOwnBarrier), mask);
    }
    barrier();
    if (core_id() < workers) {
        work(workers);
    }
    if (core_id() == 0) {
        printf("bench_barrier: %u cores, %u barriers, result %08x\n", (unsigned)workers,
               (unsigned)kBarriers, (unsigned)sums[0]);
    }
    return 0;
}
