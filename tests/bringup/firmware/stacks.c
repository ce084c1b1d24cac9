// SPDX-License-Identifier: Apache-2.0
// Deep recursion on one core. DEPTH times 128 bytes and more.
#include "flexv/flexv.h"

#include <stdlib.h>

static volatile unsigned sink;

__attribute__((noipa)) static unsigned deeper(unsigned depth) {
    volatile uint8_t room[112];
    room[depth % sizeof room] = (uint8_t)depth;
    if (depth != 0)
        sink = deeper(depth - 1);
    return room[depth % sizeof room];
}

int main(void) {
    if (core_id() == CORE) {
        deeper(DEPTH);
        exit(0);  // the others may have lost what was on their stacks
    }
    barrier();
    return 0;
}
