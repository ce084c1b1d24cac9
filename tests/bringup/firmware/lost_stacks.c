// SPDX-License-Identifier: Apache-2.0
// Ends whose call stacks are hard to tell. CASE: 1 and 2 jump to where no code is, 3 calls itself
// without end, 4 ends while it starts, 5 lets the DMA read where no memory is.
#include "dma.h"
#include "flexv/flexv.h"

typedef void (*Action)(void);

static volatile Action table[2] = {0, (Action)0x10000000};
FLEXV_TCDM_BSS static volatile unsigned buffer[16];

__attribute__((noinline)) static void call_table(unsigned index) {
    table[index]();  // there is no function
    buffer[0] = index;
}

__attribute__((noinline)) static unsigned recurse(volatile unsigned *depth) {
    *depth += 1;
    return recurse(depth) + *depth;
}

int main(void) {
    if (core_id() != 0) {
        barrier();
        return 0;
    }
    switch (CASE) {
        case 1: call_table(0); break;
        case 2: call_table(1); break;
        case 3: return (int)recurse(&buffer[1]);
        case 5: dma_wait(dma_start_in(buffer, (const void *)0x60000000, sizeof buffer)); break;
        default: break;
    }
    return 1;
}
