// SPDX-License-Identifier: Apache-2.0
// What core 0 does before the team may run: memory, caches, barrier. Its stack is still in L2.
#include "cluster_control.h"
#include "flexv/clusters.h"
#include "flexv/team.h"

extern uint32_t __tcdm_data_start[];

// Where the repetition of the TCDM is looked for; address 0 is none for a compiler.
#ifdef FLEXV_CLUSTERS
#define TCDM_PROBE ((uint32_t)__tcdm_data_start)
#else
#define TCDM_PROBE TCDM_BASE
#endif

enum { kSmallestTcdmBytes = 16384, kMaxStackBytes = 2048, kMinStackBytes = 512 };

extern uint32_t _bss_start[], _bss_end[], __tcdm_bss_start[], __tcdm_bss_end[], __l1_heap_start[];
// An absolute symbol whose address is the number of bytes; without it the size is found out here.
extern char __tcdm_bytes[] __attribute__((weak));

FLEXV_TCDM_DATA struct FlexvTeam flexv_team;

// By words, which the compiler must not turn into the library's memset: that one goes by bytes, and
// a store to L2 costs some 25 cycles.
static void clear(volatile uint32_t* from, const volatile uint32_t* end) {
    for (; from < end; ++from) {
        *from = 0;
    }
}

// Whether the TCDM repeats `bytes` above its start. Leaves memory as it was.
static int repeats_after(uint32_t bytes) {
    volatile uint32_t* const base = (volatile uint32_t*)TCDM_PROBE;
    volatile uint32_t* const above = (volatile uint32_t*)(TCDM_PROBE + bytes);
    const uint32_t old_base = *base;
    const uint32_t old_above = *above;
    *above = ~old_base;
    const int repeats = *base != old_base;
    *above = old_above;
    return repeats;
}

static uint32_t find_tcdm_bytes(void) {
    uint32_t bytes = (uint32_t)__tcdm_bytes;
    if (bytes != 0) {
        return bytes;
    }
    bytes = kSmallestTcdmBytes;
    while (bytes < TCDM_WINDOW_BYTES && !repeats_after(bytes)) {
        bytes *= 2;
    }
    return bytes;
}

static uint32_t count_cores(uint32_t mask) {
    uint32_t count = 0;
    for (; mask != 0; mask &= mask - 1) {
        ++count;
    }
    return count;
}

// A quarter of the TCDM for all stacks together, within the limits.
static uint32_t choose_stack_bytes(uint32_t tcdm_bytes, uint32_t cores) {
    const uint32_t share = (tcdm_bytes / 4 / cores) & ~15u;
    return share > kMaxStackBytes   ? kMaxStackBytes
           : share < kMinStackBytes ? kMinStackBytes
                                    : share;
}

static void describe_team(void) {
    struct FlexvTeam* const team = &flexv_team;
    team->core_mask = io_read(HMR_CORES_ENABLED);
    team->core_count = count_cores(team->core_mask);
    team->tcdm_bytes = find_tcdm_bytes();
    team->stack_bytes = choose_stack_bytes(team->tcdm_bytes, team->core_count);
    team->stacks_end = TCDM_BASE + team->tcdm_bytes;
    team->heap_next = (uint32_t)__l1_heap_start;
    team->heap_end = team->stacks_end - team->core_count * team->stack_bytes;
}

// Called by crt0.S.
void flexv_prepare_team(void);
void flexv_prepare_team(void) {
    io_write(ICACHE_CONTROL + ICACHE_CONTROL_ENABLE, 0xFFFFFFFF);
    if (cluster_id() == 0) {
        clear(_bss_start, _bss_end);
    }
    clear(__tcdm_bss_start, __tcdm_bss_end);
    describe_team();
    io_write(EVENT_UNIT + EVENT_UNIT_BARRIER_TARGET_MASK, flexv_team.core_mask);
    io_write(EVENT_UNIT + EVENT_UNIT_BARRIER_TRIGGER_MASK, flexv_team.core_mask);
#ifdef FLEXV_CLUSTERS
    flexv_start_clusters();
#endif
}
