// SPDX-License-Identifier: Apache-2.0
// Core 3 waits for an event that nobody raises, and so never comes to the barrier.
#include "flexv/flexv.h"

__attribute__((noinline)) static void wait_for_message(void) {
    event_wait(2);  // sleeps here
}

int main(void) {
    if (core_id() == 3)
        wait_for_message();
    barrier();
    return 0;
}
