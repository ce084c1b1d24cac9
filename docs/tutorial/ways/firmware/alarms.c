// SPDX-License-Identifier: Apache-2.0
// Sets the alarm again and again, and notes in which cycle it sees each interrupt: by looking, or with SLEEPS asleep.
#include "flexv/flexv.h"

#include <stdio.h>

#define ALARM_TIME 0x20000004u

enum { kLine = 12, kFirst = 2000, kLeastDistance = 600, kSpread = 401 };  // 10 ns

static uint32_t seen[ROUNDS];

static void wait_for_line(void) {
#ifdef SLEEPS
    event_wait(1u << kLine);
#else
    while ((io_read(EVENT_UNIT + EVENT_UNIT_BUFFER) & 1u << kLine) == 0) {
    }
    io_write(EVENT_UNIT + EVENT_UNIT_BUFFER_CLEAR, 1u << kLine);
#endif
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    uint32_t alarm = kFirst;
    timer_restart();
    for (unsigned round = 0; round < ROUNDS; ++round) {
        io_write(ALARM_TIME, alarm);
        wait_for_line();
        seen[round] = timer_cycles();
        alarm += kLeastDistance + round * 7919 % kSpread;
    }
    for (unsigned round = 0; round < ROUNDS; ++round) {
        printf("%u\n", (unsigned)seen[round]);
    }
    return 0;
}
