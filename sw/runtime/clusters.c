// SPDX-License-Identifier: Apache-2.0
// How several clusters start, meet and end. Part of programs for several clusters only.
#include "flexv/clusters.h"

#include "cluster_control.h"
#include "generated/eu_global_regs.h"

#include <stdlib.h>

extern uint32_t __tcdm_data_start[], __tcdm_data_end[];
extern char _start[];

FLEXV_TCDM_DATA uint32_t flexv_cluster_count = 0;

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

static void wake(uint32_t cluster) {
    io_write(
        EU_GLOBAL_BASE + cluster * CLUSTER_PITCH + EU_GLOBAL_SW_EVENT_TRIG(EVENT_LINE_CLUSTERS), 1);
}

static void sleep_until_woken(void) { event_wait(1u << EVENT_LINE_CLUSTERS); }

// By core 0 of each cluster. Word that all have come goes from the last cluster to the first, and word to
// go on back; nobody is ever sent a second event before he has taken the first one.
static void meet(void) {
    const uint32_t own = cluster_id();
    const int is_last = own + 1 == cluster_count();
    if (!is_last) {
        sleep_until_woken();
    }
    if (own != 0) {
        wake(own - 1);
        sleep_until_woken();
    }
    if (!is_last) {
        wake(own + 1);
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
        sleep_until_woken();
    }
}
