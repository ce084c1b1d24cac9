// SPDX-License-Identifier: Apache-2.0
// Runs every program twice and prints the cycles of the second run, and a hash of the arena behind
// it.
#include "bench.h"
#include "flexv/flexv.h"

#include <stdio.h>

FLEXV_TCDM_BSS uint32_t arena[kArenaBytes / 4];
FLEXV_TCDM_BSS static volatile uint32_t cycles;

static void fill(void) {
    uint32_t state = 0x2545F491;
    for (uint32_t i = 0; i < kArenaBytes / 4; ++i) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        arena[i] = state;
    }
}

static uint32_t hash(void) {
    uint32_t value = 2166136261u;
    for (uint32_t i = 0; i < kArenaBytes / 4; ++i) {
        value = (value ^ arena[i]) * 16777619u;
    }
    return value;
}

static void run_once(const struct Benchmark* benchmark) {
    if (core_id() == 0) {
        fill();
        timer_restart();
    }
    barrier();
    if (benchmark->uses_all_cores || core_id() == 0) {
        benchmark->run(core_id(), benchmark->uses_all_cores ? core_count() : 1);
    }
    barrier();
    if (core_id() == 0) {
        cycles = timer_cycles();
    }
}

static void run_all(const struct Benchmark* benchmark) {
    for (; benchmark->name != 0; ++benchmark) {
        run_once(benchmark);
        run_once(benchmark);
        if (core_id() == 0) {
            printf("%s %u %u %08x\n", benchmark->name, (unsigned)cycles, (unsigned)benchmark->macs,
                   (unsigned)hash());
        }
        barrier();
    }
}

int main(void) {
    run_all(matrix_benchmarks);
    run_all(signal_benchmarks);
    run_all(layer_benchmarks);
    run_all(integer_benchmarks);
    return 0;
}
