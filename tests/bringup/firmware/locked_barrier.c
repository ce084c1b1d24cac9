// SPDX-License-Identifier: Apache-2.0
// Core 2 keeps the mutex and goes to the barrier; those behind it in the queue never come there.
#include "flexv/flexv.h"

static volatile unsigned sum FLEXV_TCDM_BSS;

__attribute__((noinline)) static void add(unsigned value) {
    mutex_lock();
    sum += value;
    if (value == 2)
        return;
    mutex_unlock();
}

int main(void) {
    add(core_id());
    barrier();  // not all come here
    return 0;
}
