// SPDX-License-Identifier: Apache-2.0
// Cluster timer, LO half, as a free-running counter of cluster cycles.
#ifndef FLEXV_TIMER_H
#define FLEXV_TIMER_H

#include "flexv/io.h"
#include "generated/timer_regs.h"

/// Starts counting cluster cycles from 0.
static inline void timer_restart(void) {
    io_write(TIMER_CLUSTER_BASE + TIMER_CFG_LO, 0);
    io_write(TIMER_CLUSTER_BASE + TIMER_RESET_LO, 1);
    io_write(TIMER_CLUSTER_BASE + TIMER_START_LO, 1);
}

/// Cluster cycles since timer_restart(), modulo 2^32.
static inline uint32_t timer_cycles(void) { return io_read(TIMER_CLUSTER_BASE + TIMER_CNT_LO); }

#endif
