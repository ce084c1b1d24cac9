// SPDX-License-Identifier: Apache-2.0
// What both chips know of the memory that they share.
#ifndef MAILBOX_H
#define MAILBOX_H

#include "flexv/flexv.h"
#include "generated/soc_event_gen_regs.h"

enum { kWords = 512, kRounds = 3, kLine = 12 };

#define QUESTION ((void*)0x20000000u)
#define ANSWER ((void*)0x20004000u)

/// Software event 0, which is wired to line 12 of the other chip.
static inline void signal_other(void) {
    compiler_fence();
    io_write(SOC_EVENT_GEN_BASE + SOC_EVENT_GEN_EVENT, 1);
}

static inline void wait_for_other(void) { event_wait(1u << kLine); }

#endif
