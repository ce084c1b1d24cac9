// SPDX-License-Identifier: Apache-2.0
// The programs of scripts/compiler_bench: plain C, without intrinsics. Each works on the arena in
// the TCDM, which main.c fills with the same numbers before each run.
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

enum { kArenaBytes = 73728 };
extern uint32_t arena[kArenaBytes / 4];

struct Benchmark {
    const char* name;
    void (*run)(uint32_t core, uint32_t cores);  ///< work of one core
    uint32_t macs;                               ///< of all cores; 0 when it does not matter
    uint32_t uses_all_cores;
};

extern const struct Benchmark matrix_benchmarks[], signal_benchmarks[], layer_benchmarks[],
    integer_benchmarks[];

#endif
