// SPDX-License-Identifier: Apache-2.0
// All cores store to the same places at once, and read them: who was it?
#include "flexv/flexv.h"

FLEXV_TCDM_BSS volatile uint32_t in_tcdm;
volatile uint32_t in_l2;

__attribute__((noinline)) void store_all(uint32_t thread) {
    barrier();
    in_tcdm = thread;
    barrier();
    in_l2 = thread;
    barrier();
    io_write(TIMER + TIMER_CMP_LO, thread);
}

__attribute__((noinline)) uint32_t read_all(void) {
    barrier();
    const uint32_t first = in_tcdm;
    barrier();
    return first + in_l2;
}

// The same word above the TCDM, where it repeats, and in the test-and-set view.
__attribute__((noinline)) void store_elsewhere(void) {
    if (core_id() == 5)
        *(volatile uint32_t*)((uintptr_t)&in_tcdm + 0x20000) = 100;
    barrier();
    if (core_id() == 6)
        *(volatile uint32_t*)((uintptr_t)&in_tcdm + 0x100000) = 200;
    barrier();
}

int main(void) {
    store_all(core_id() + 1);
    const uint32_t sum = read_all();
    store_elsewhere();
    return sum == 0;
}
