// SPDX-License-Identifier: Apache-2.0
// Some work, a line of output, and a fault at the end of it all.
#include "flexv/flexv.h"

#include <stdio.h>

static volatile unsigned sum;

int main(void) {
    if (core_id() != 0) {
        barrier();
        return 0;
    }
    for (unsigned i = 0; i < 200000; ++i)
        sum += i * i;
    printf("before the fault\n");
    return *(volatile int *)0x60000000;
}
