// SPDX-License-Identifier: Apache-2.0
// How many cycles a load from the alarm takes, at least and at most; then many of them, for their speed.
#include "flexv/flexv.h"

#include <stdio.h>

#define ALARM_VALUE 0x20000000u

enum { kMeasured = 100, kFirst = 10 };  // behind those whose code is fetched

/// Cycles of what stands between two looks at the timer, beside those that the looks take.
static uint32_t cycles_of_load(void) {
    const uint32_t first = timer_cycles();
    const uint32_t second = timer_cycles();
    io_read(ALARM_VALUE);
    const uint32_t third = timer_cycles();
    return (third - second) - (second - first);
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    uint32_t least = UINT32_MAX;
    uint32_t most = 0;
    timer_restart();
    for (unsigned i = 0; i < kFirst + kMeasured; ++i) {
        const uint32_t cycles = cycles_of_load();
        if (i < kFirst) {
            continue;
        }
        least = cycles < least ? cycles : least;
        most = cycles > most ? cycles : most;
    }
    for (int i = 0; i < LOADS; ++i) {
        io_read(ALARM_VALUE);
    }
    printf("%u %u\n", (unsigned)least, (unsigned)most);
    return 0;
}
