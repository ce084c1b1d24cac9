// SPDX-License-Identifier: Apache-2.0
// Cluster timer, LO half, as a free-running counter of cluster cycles.
#ifndef FLEXV_TIMER_H
#define FLEXV_TIMER_H

#include "flexv/io.h"

#define TIMER 0x10200400
#define TIMER_CFG_LO 0x00  ///< bit 0 enable, bit 1 reset
#define TIMER_COUNT_LO 0x08
#define TIMER_START_LO 0x18  ///< W: sets enable
#define TIMER_RESET_LO 0x20  ///< W: clears the count

/// Starts counting cluster cycles from 0.
static inline void timer_restart(void) {
    io_write(TIMER + TIMER_CFG_LO, 0);
    io_write(TIMER + TIMER_RESET_LO, 1);
    io_write(TIMER + TIMER_START_LO, 1);
}

/// Cluster cycles since timer_restart(), modulo 2^32.
static inline uint32_t timer_cycles(void) { return io_read(TIMER + TIMER_COUNT_LO); }

#endif
