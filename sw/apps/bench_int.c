// SPDX-License-Identifier: Apache-2.0
// Simulation-speed benchmark: integer arithmetic with some loads and stores in the TCDM, about 16
// million instructions in all, on BENCH_CORES cores (the others sleep at the last barrier).
#include "flexv/flexv.h"

#include <stdio.h>

enum { kTableWords = 64, kInstructionsPerStep = 23, kInstructions = 16000000 };

FLEXV_REGION(1, "work");

FLEXV_TCDM_BSS static uint32_t tables[BENCH_CORES][kTableWords];

static uint32_t mix(uint32_t* table, uint32_t steps) {
    uint32_t a = 0x9E3779B9, b = 1;
    for (uint32_t i = 0; i < steps; ++i) {
        uint32_t* const entry = &table[i % kTableWords];
        a ^= a << 13;
        a ^= a >> 17;
        a ^= a << 5;
        b += *entry + (a & 0xFF);
        b = (b << 3) - (a >> 9);
        *entry = a + b * 5;
    }
    return a ^ b;
}

int main(void) {
    const uint32_t workers = core_count() < BENCH_CORES ? core_count() : BENCH_CORES;
    if (core_id() < workers) {
        FLEXV_REGION_BEGIN(1);
        const uint32_t result =
            mix(tables[core_id()], kInstructions / kInstructionsPerStep / workers);
        FLEXV_REGION_END(1);
        if (core_id() == 0) {
            printf("bench_int: %u cores, result %08x\n", (unsigned)workers, (unsigned)result);
        }
    }
    return 0;
}
