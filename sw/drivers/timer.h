// SPDX-License-Identifier: Apache-2.0
// Cluster timer, LO half: counts cluster cycles, freely or with an event line at the end of each
// period.
#ifndef FLEXV_TIMER_H
#define FLEXV_TIMER_H

#include "flexv/io.h"
#include "generated/timer_regs.h"
#include "own_cluster.h"

#define TIMER OWN_CLUSTER(TIMER_CLUSTER_BASE)

/// Starts counting cluster cycles from 0.
static inline void timer_restart(void) {
    io_write(TIMER + TIMER_CFG_LO, 0);
    io_write(TIMER + TIMER_RESET_LO, 1);
    io_write(TIMER + TIMER_START_LO, 1);
}

/// Cluster cycles since timer_restart(), modulo 2^32.
static inline uint32_t timer_cycles(void) { return io_read(TIMER + TIMER_CNT_LO); }

/// Starts counting from 0 and over again every `cycles` >= 2 cycles. Each time event line
/// EVENT_LINE_TIMER_LO is set for every core; flexv/team.h has interrupts_enable() and
/// event_wait().
static inline void timer_start_periodic(uint32_t cycles) {
    io_write(TIMER + TIMER_CFG_LO, 0);
    io_write(TIMER + TIMER_CMP_LO, cycles - 1);
    io_write(TIMER + TIMER_RESET_LO, 1);
    io_write(TIMER + TIMER_CFG_LO,
             TIMER_CFG_LO_ENABLE_MASK | TIMER_CFG_LO_IRQ_EN_MASK | TIMER_CFG_LO_CMP_CLR_MASK);
}

static inline void timer_stop(void) { io_write(TIMER + TIMER_CFG_LO, 0); }

#endif
