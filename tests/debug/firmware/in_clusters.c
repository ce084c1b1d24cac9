// SPDX-License-Identifier: Apache-2.0
// Two clusters, each with its own word in its TCDM: 100 + its number once work() is done.
#include "flexv/flexv.h"

FLEXV_TCDM_BSS volatile uint32_t mine;

__attribute__((noinline)) void work(void) {
    if (core_id() == 0)
        mine = 100 + cluster_id();
}

__attribute__((noinline)) void done(void) { __asm__ volatile("nop"); }

int main(void) {
    work();
    clusters_barrier();
    done();
    clusters_barrier();
    return core_id() == 0 && cluster_id() == 0 ? 7 : 0;
}
