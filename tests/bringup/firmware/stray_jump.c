// SPDX-License-Identifier: Apache-2.0
// A function pointer that was overwritten by a number.
#include "flexv/flexv.h"

static void (*volatile work)(void);

__attribute__((noinline)) static void do_work(void) { work(); }  // jumps away

int main(void) {
    work = (void (*)(void))0x10000100;
    if (core_id() == 0)
        do_work();
    barrier();
    return 0;
}
