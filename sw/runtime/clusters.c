// SPDX-License-Identifier: Apache-2.0
// How several clusters start, meet and end. Part of programs for several clusters only.
#include "flexv/clusters.h"

#include "cluster_control.h"
#include "generated/eu_global_regs.h"

#include <stdlib.h>

extern uint32_t __tcdm_data_start[], __tcdm_data_end[];
extern char _start[];

FLEXV_TCDM_DATA uint32_t flexv_cluster_count = 0;

// A meeting has a number; each cluster has its own copies of these in its TCDM.
FLEXV_TCDM_BSS static uint32_t meeting;
FLEXV_TCDM_BSS static volatile uint32_t arrivals[MAX_CLUSTERS];  // in the first one: by cluster
FLEXV_TCDM_BSS static volatile uint32_t released;

static volatile int codes[MAX_CLUSTERS];  // of main(), by cluster

static uint32_t control_of(uint32_t cluster) { return CLUSTER_CTRL_BASE + cluster * CLUSTER_PITCH; }

// The cluster's own data as the image has them: the first one's are still untouched.
static void copy_data_to(uint32_t cluster) {
    volatile uint32_t* to = in_cluster(cluster, __tcdm_data_start);
    for (const volatile uint32_t* from = __tcdm_data_start; from < __tcdm_data_end; ++from) {
        *to++ = *from;
    }
}

static void start_cluster(uint32_t cluster) {
    copy_data_to(cluster);
    for (uint32_t core = 0; core < flexv_team.core_count; ++core) {
        io_write(control_of(cluster) + CLUSTER_CONTROL_BOOT_ADDR + 4 * core, (uint32_t)_start);
    }
    io_write(control_of(cluster) + CLUSTER_CONTROL_FETCH_EN, flexv_team.core_mask);
}

// By core 0 of each cluster before its team may run; the first cluster starts the others.
void flexv_start_clusters(void) {
    if (cluster_id() != 0) {
        return;
    }
    flexv_cluster_count =
        (io_read(SOC_INFO) & SOC_CTRL_INFO_CLUSTERS_MASK) >> SOC_CTRL_INFO_CLUSTERS_LSB;
    for (uint32_t cluster = 1; cluster < flexv_cluster_count; ++cluster) {
        start_cluster(cluster);
    }
}

// Wakes core 0 of a cluster that waits for `word` to change.
static void set_and_wake(uint32_t cluster, volatile uint32_t* word, uint32_t value) {
    *(volatile uint32_t*)in_cluster(cluster, word) = value;
    io_write(
        EU_GLOBAL_BASE + cluster * CLUSTER_PITCH + EU_GLOBAL_SW_EVENT_TRIG(EVENT_LINE_CLUSTERS), 1);
}

static void wait_for(const volatile uint32_t* word, uint32_t value) {
    while (*word != value) {
        event_wait(1u << EVENT_LINE_CLUSTERS);
    }
}

// By core 0 of each cluster.
static void meet(void) {
    const uint32_t number = ++meeting;
    if (cluster_id() != 0) {
        set_and_wake(0, &arrivals[cluster_id()], number);
        wait_for(&released, number);
        return;
    }
    for (uint32_t cluster = 1; cluster < cluster_count(); ++cluster) {
        wait_for(&arrivals[cluster], number);
    }
    for (uint32_t cluster = 1; cluster < cluster_count(); ++cluster) {
        set_and_wake(cluster, &released, number);
    }
}

void clusters_barrier(void) {
    barrier();
    if (core_id() == 0) {
        meet();
    }
    barrier();
}

// All cores of the cluster have returned; its core 0 comes here with main()'s result. The run ends
// with the first result that is not 0.
void flexv_end_cluster(int code) {
    codes[cluster_id()] = code;
    meet();
    for (uint32_t cluster = 0; cluster_id() == 0; ++cluster) {
        if (codes[cluster] != 0 || cluster + 1 == cluster_count()) {
            exit(codes[cluster]);
        }
    }
    for (;;) {
        event_wait(1u << EVENT_LINE_CLUSTERS);
    }
}
