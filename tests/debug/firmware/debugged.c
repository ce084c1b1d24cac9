// SPDX-License-Identifier: Apache-2.0
// What the tests of the debugger look at: a hardware loop, a DMA transfer that core 0 sleeps for,
// a barrier that all sleep at, a function to call.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kWords = 16, kBytes = kWords * sizeof(uint32_t) };

FLEXV_REGION(1, "work");

FLEXV_TCDM_BSS volatile uint32_t target_words[kWords];
FLEXV_TCDM_BSS volatile uint32_t done_by[16];
volatile uint32_t source_words[kWords];
volatile uint32_t in_l2;

__attribute__((noinline)) uint32_t twice(uint32_t value) { return 2 * value; }

// The body runs `count` times; lpcount0 counts down.
__attribute__((noinline)) uint32_t hardware_loop(uint32_t count) {
    uint32_t sum = 0;
    uint32_t one = 1;
    __asm__ volatile(
        ".option push\n.option norvc\n"
        "lp.setup 0, %[count], 1f\n"
        "add %[sum], %[sum], %[one]\n"
        "nop\n"
        "1: nop\n"
        ".option pop\n"
        : [sum] "+r"(sum)
        : [count] "r"(count), [one] "r"(one));
    return sum;
}

__attribute__((noinline)) void fetch_words(void) {
    dma_wait(dma_start_in(target_words, source_words, kBytes));
}

__attribute__((noinline)) void work(uint32_t core) {
    done_by[core] = hardware_loop(core + 3);
    in_l2 = core;
}

static void team_main(void) {
    const uint32_t core = core_id();
    FLEXV_REGION_BEGIN(1);
    if (core == 0) {
        fetch_words();
    }
    barrier();
    work(core);
    barrier();
    FLEXV_REGION_END(1);
}

int main(void) {
    if (core_id() == 0) {
        for (uint32_t i = 0; i < kWords; ++i) {
            source_words[i] = 0x1000 + i;
        }
        printf("twice 21 is %u\n", (unsigned)twice(21));
    }
    team_main();
    return core_id() == 0 ? 7 : 0;
}
