// SPDX-License-Identifier: Apache-2.0
// Two clusters and what is between them. CASE chooses one; odd ones are mistakes.
#include "dma.h"
#include "flexv/flexv.h"

#define WORDS 512u

FLEXV_TCDM_BSS static volatile uint32_t own;
FLEXV_TCDM_BSS static volatile uint32_t buffer[WORDS];
FLEXV_NOINIT static volatile uint32_t shared;
static volatile uint32_t source[WORDS];
static volatile uint32_t sink;

static int is_first_of(uint32_t cluster) { return core_id() == 0 && cluster_id() == cluster; }
static volatile uint32_t *own_of(uint32_t cluster) { return in_cluster(cluster, &own); }

__attribute__((noipa)) static void spin(unsigned rounds) {
    for (unsigned i = 0; i < rounds; ++i)
        __asm__ volatile("nop");
}

static void both_write_l2(void) {
    if (is_first_of(1))
        spin(500);
    if (core_id() == 0)
        shared = cluster_id();  // writes shared
}

static void ordered_by_the_barrier(void) {
    if (is_first_of(0))
        shared = 1;
    clusters_barrier();
    if (is_first_of(1))
        shared = 2;
    clusters_barrier();
    if (is_first_of(0))
        sink = shared + 1;
}

/// The same address, and each its own word.
static void each_writes_its_own(void) {
    if (core_id() == 0)
        own = cluster_id();
    barrier();
    if (core_id() == 3)
        own += 1;
}

static void one_writes_to_the_other(void) {
    if (is_first_of(0))
        *own_of(1) = 5;  // from outside
    if (is_first_of(1)) {
        spin(500);
        own = 6;  // from inside
    }
}

static void one_writes_to_the_other_in_order(void) {
    if (is_first_of(0))
        *own_of(1) = 5;
    clusters_barrier();
    if (is_first_of(1))
        own += 1;
}

/// What a barrier of one cluster orders is no matter of the other.
static void barriers_of_one_cluster_each(void) {
    if (is_first_of(0))
        shared = 1;
    barrier();
    barrier();
    if (is_first_of(1))
        shared = 2;
}

static void transfers_of_both(void) {
    if (core_id() == 0)
        dma_wait(dma_start_in(buffer, source, sizeof buffer));
    barrier();
    if (core_id() == 1)
        buffer[1] += 1;
}

static void touches_its_own_transfer(void) {
    if (!is_first_of(1))
        return;
    const DmaTransfer id = dma_start_in(buffer, source, sizeof buffer);
    buffer[WORDS - 1] = 1;  // too early
    dma_wait(id);
}

static void frees_never(void) {
    if (!is_first_of(1))
        return;
    (void)dma_start_in(buffer, source, sizeof buffer);
    spin(1000);
}

int main(void) {
    clusters_barrier();
    switch (CASE) {
        case 1: both_write_l2(); break;
        case 2: ordered_by_the_barrier(); break;
        case 3: one_writes_to_the_other(); break;
        case 4: each_writes_its_own(); break;
        case 5: barriers_of_one_cluster_each(); break;
        case 6: one_writes_to_the_other_in_order(); break;
        case 7: touches_its_own_transfer(); break;
        case 8: transfers_of_both(); break;
        case 9: frees_never(); break;
    }
    clusters_barrier();
    return 0;
}
