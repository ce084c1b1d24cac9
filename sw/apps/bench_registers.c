// SPDX-License-Identifier: Apache-2.0
// Simulation-speed benchmark: arithmetic in registers and taken branches, no access to memory, on
// BENCH_CORES cores.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kInstructionsPerStep = 9, kInstructions = 32000000 };

FLEXV_REGION(1, "registers");

static uint32_t mix(uint32_t steps) {
    uint32_t a = 0x9E3779B9;
    for (uint32_t i = 0; i < steps; ++i) {
        a ^= a << 13;
        a ^= a >> 17;
        a ^= a << 5;
        a += i;
    }
    return a;
}

int main(void) {
    const uint32_t workers = core_count() < BENCH_CORES ? core_count() : BENCH_CORES;
    if (core_id() < workers) {
        FLEXV_REGION_BEGIN(1);
        const uint32_t result = mix(kInstructions / kInstructionsPerStep / workers);
        FLEXV_REGION_END(1);
        if (core_id() == 0) {
            printf("bench_registers: %u cores, result %08x\n", (unsigned)workers, (unsigned)result);
        }
    }
    return 0;
}
