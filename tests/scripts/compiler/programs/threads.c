// SPDX-License-Identifier: Apache-2.0
// Every core has its own thread-local objects, errno among them; the TCDM's first words stay what
// they are.
#include "flexv/flexv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

FLEXV_TCDM_DATA static volatile uint32_t first[4] = {11, 22, 33, 44};
static _Thread_local int counter = 100;
static _Thread_local char mark = 'a';
static _Thread_local int64_t total;
static volatile int64_t totals[16];

int main(void) {
    for (uint32_t i = 0; i <= core_id(); ++i) {
        counter += 7;
        total += counter;
        ++mark;
    }
    if (core_id() & 1) {
        errno = 0;
        strtol("99999999999999999999", NULL, 10);
        total += errno == ERANGE ? 1000000 : 0;
    }
    totals[core_id()] = total * 256 + mark + (errno == 0);
    barrier();
    if (core_id() == 0) {
        for (uint32_t i = 0; i < core_count(); ++i) {
            printf("%d\n", (int)totals[i]);
        }
        printf("%u %u %u %u\n", (unsigned)first[0], (unsigned)first[1], (unsigned)first[2],
               (unsigned)first[3]);
    }
    return 0;
}
