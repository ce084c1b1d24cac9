// SPDX-License-Identifier: Apache-2.0
// The cores of all clusters say hello, one after the other; then each cluster checks that its TCDM
// is its own, that it can reach the others', and that nobody leaves a barrier before all have come.
// Returns 0, or the number of the part that failed.
#include "flexv/flexv.h"

#include <stdio.h>
#include <stdlib.h>

enum { kRounds = 12, kSeed = 0x5eed };

FLEXV_TCDM_DATA static volatile uint32_t initialised = kSeed;
FLEXV_TCDM_BSS static volatile uint32_t own;
FLEXV_TCDM_BSS static volatile uint32_t heard[MAX_CLUSTERS];  // from each cluster

static volatile uint32_t reached[MAX_CLUSTERS];  // round, by cluster

static void say_hello(void) {
    for (uint32_t cluster = 0; cluster < cluster_count(); ++cluster) {
        for (uint32_t core = 0; core < core_count(); ++core) {
            if (cluster == cluster_id() && core == core_id()) {
                printf("cluster %u of %u, core %u of %u\n", (unsigned)cluster,
                       (unsigned)cluster_count(), (unsigned)core, (unsigned)core_count());
            }
            barrier();
        }
        clusters_barrier();
    }
}

static void require(int condition, int part) {
    if (!condition) {
        printf("FAIL: part %d on cluster %u\n", part, (unsigned)cluster_id());
        exit(part);
    }
}

static void check_memories(void) {
    require(initialised == kSeed, 1);
    own = 100 + cluster_id();
    clusters_barrier();
    require(own == 100 + cluster_id(), 2);
    for (uint32_t cluster = 0; cluster < cluster_count(); ++cluster) {
        const volatile uint32_t* const theirs = in_cluster(cluster, &own);
        require(*theirs == 100 + cluster, 3);
        volatile uint32_t* const box = in_cluster(cluster, &heard[cluster_id()]);
        *box = 7 * cluster + cluster_id();
    }
}

static void check_barriers(void) {
    for (uint32_t round = 1; round <= kRounds; ++round) {
        for (volatile uint32_t delay = 40 * ((cluster_id() + round) & 3); delay != 0; --delay) {
        }
        reached[cluster_id()] = round;
        clusters_barrier();
        for (uint32_t cluster = 0; cluster < cluster_count(); ++cluster) {
            require(reached[cluster] == round, 4);
        }
        clusters_barrier();
    }
}

int main(void) {
    say_hello();
    check_memories();
    clusters_barrier();
    for (uint32_t cluster = 0; cluster < cluster_count(); ++cluster) {
        require(heard[cluster] == 7 * cluster_id() + cluster, 5);
    }
    check_barriers();
    if (core_id() == 0 && cluster_id() == 0) {
        printf("PASS: %u clusters\n", (unsigned)cluster_count());
    }
    return 0;
}
