// SPDX-License-Identifier: Apache-2.0
// Several clusters beside each other: who they are, and how they meet. In a program that is not
// made for them (flexv_app() without CLUSTERS) there is one, and the others of the chip stay off.
#ifndef FLEXV_CLUSTERS_H
#define FLEXV_CLUSTERS_H

#include "flexv/team.h"
#include "own_cluster.h"

#include <stdint.h>

#ifdef FLEXV_CLUSTERS

/// Clusters that run this program.
extern uint32_t flexv_cluster_count;

static inline uint32_t cluster_id(void) {
    uint32_t hart;
    __asm__("csrr %0, mhartid" : "=r"(hart));
    return hart >> 5;
}

static inline uint32_t cluster_count(void) { return flexv_cluster_count; }

/// Where every master of the chip sees the object of cluster `cluster` that its own cores see at
/// `object` in their TCDM.
static inline volatile void* in_cluster(uint32_t cluster, const volatile void* object) {
    return (volatile void*)((uint32_t)object + FIRST_CLUSTER + cluster * CLUSTER_PITCH);
}

/// Sleeps until every core of every cluster has arrived. What they wrote to L2 and to any TCDM
/// before is seen behind it.
void clusters_barrier(void);

// Called by crt0.S and start.c.
void flexv_start_clusters(void);
void flexv_end_cluster(int code);

#else

static inline uint32_t cluster_id(void) { return 0; }
static inline uint32_t cluster_count(void) { return 1; }
static inline void clusters_barrier(void) { barrier(); }

#endif

#endif
