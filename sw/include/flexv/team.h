// SPDX-License-Identifier: Apache-2.0
// The team of cores that runs main(): who am I, how many are we, and how we meet. All functions may
// be called by every core.
#ifndef FLEXV_TEAM_H
#define FLEXV_TEAM_H

#include "event_unit.h"
#include "flexv/io.h"
#include "flexv/intrinsics.h"

#include <stdint.h>

/// Puts an initialised object, or one that starts as zeros, into the TCDM (single-cycle, shared).
#define FLEXV_TCDM_DATA __attribute__((section(".tcdm")))
#define FLEXV_TCDM_BSS __attribute__((section(".bss.tcdm")))

/// Keeps a large object of L2 out of the .bss that core 0 clears word by word: its contents are
/// undefined until the program writes them.
#ifdef __clang__
#define FLEXV_NOINIT __attribute__((section(".noinit")))
#else
#define FLEXV_NOINIT __attribute__((noinit))
#endif

/// What core 0 found out before main(). crt0.S reads the first two members.
struct FlexvTeam {
    uint32_t stacks_end;   ///< one past the stack of core 0, which is the topmost
    uint32_t stack_bytes;  ///< stack of each core
    uint32_t core_mask;    ///< bit i: core i exists
    uint32_t core_count;
    uint32_t tcdm_bytes;
    uint32_t heap_next;  ///< first free byte of the TCDM
    uint32_t heap_end;   ///< end of the lowest stack
};

extern struct FlexvTeam flexv_team;

static inline uint32_t core_id(void) {
    uint32_t hart;
    __asm__("csrr %0, mhartid" : "=r"(hart));
    return hart & 15;
}

static inline uint32_t core_count(void) { return flexv_team.core_count; }

/// Sleeps until every core of the team has arrived.
static inline void barrier(void) { event_load(EVENT_UNIT + EVENT_UNIT_BARRIER_WAIT_CLEAR); }

/// The cluster's one hardware mutex. The compiler moves no memory access across.
static inline void mutex_lock(void) { event_load(EVENT_UNIT + EVENT_UNIT_MUTEX); }

static inline void mutex_unlock(void) {
    compiler_fence();
    io_write(EVENT_UNIT + EVENT_UNIT_MUTEX, 0);
}

/// Sleeps until one of the event lines in `mask` is buffered for this core (at once if one already
/// is); clears them all and returns those that were set.
static inline uint32_t event_wait(uint32_t mask) {
    io_write(EVENT_UNIT + EVENT_UNIT_EVT_MASK, mask);
    const uint32_t events = event_load(EVENT_UNIT + EVENT_UNIT_WAIT_CLEAR);
    io_write(EVENT_UNIT + EVENT_UNIT_EVT_MASK, EVENT_UNIT_DEFAULT_MASK);
    return events;
}

/// Raises software event 0..7, which is event line 0..7, at the cores in `cores` (a mask, not 0).
static inline void event_trigger(uint32_t event, uint32_t cores) {
    compiler_fence();
    io_write(EVENT_UNIT + EVENT_UNIT_SW_TRIGGER + 4 * event, cores);
}

/// Lets the event lines in `mask` interrupt this core from now on; 0: none. Line n enters slot n of the
/// vectors, and with that is cleared; slots without a handler of the program's own go on to
/// flexv_interrupt_handler(), which then has to exist.
static inline void interrupts_enable(uint32_t mask) {
    io_write(EVENT_UNIT + EVENT_UNIT_IRQ_MASK, mask);
    __asm__ volatile("csrsi mstatus, 8" : : : "memory");  // MIE
}

/// Keeps interrupts away until interrupts_enable(); those that arrive meanwhile are not lost.
static inline void interrupts_disable(void) {
    __asm__ volatile("csrci mstatus, 8" : : : "memory");
}

#endif
