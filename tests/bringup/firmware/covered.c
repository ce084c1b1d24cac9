// SPDX-License-Identifier: Apache-2.0
// Lines and branches that are executed, and some that are not.
#include "flexv/flexv.h"

static volatile int sink;

__attribute__((noipa)) static void never_called(void) {
    sink = 1;  // not executed
}

__attribute__((noipa)) static int both_ways(int x) {
    if (x > 2)      // both ways
        sink = x;   // five times a core
    return x;
}

__attribute__((noipa)) static int one_way(int x) {
    if (x > 100)  // one way
        never_called();
    return x;
}

int main(void) {
    for (int i = 0; i < 8; ++i)
        sink = both_ways(i) + one_way(i);
    barrier();
    return 0;
}
