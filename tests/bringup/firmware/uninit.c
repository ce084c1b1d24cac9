// SPDX-License-Identifier: Apache-2.0
// Values that nobody has written, used and not used. CASE chooses one; odd ones are mistakes.
#include "dma.h"
#include "flexv/flexv.h"
#include "flexv/l1.h"

#include <string.h>

FLEXV_NOINIT static volatile uint32_t never_written[8];
FLEXV_NOINIT static volatile uint32_t filled[16];
FLEXV_TCDM_BSS static uint32_t tcdm_buffer[8];
static volatile uint32_t sink;
static volatile uint32_t low = 0xff;

__attribute__((noipa)) static unsigned choose(uint32_t value) {
    if (value > 5) {  // decides
        __asm__ volatile("nop");
        return 3;
    }
    return 4;
}

__attribute__((noipa)) static void branches(void) {
    sink = choose(never_written[2]);
}

__attribute__((noipa)) static void copies_only(void) {
    for (unsigned i = 0; i < 8; ++i)
        filled[i] = never_written[i] + 1;
}

__attribute__((noipa)) static uint32_t reads_at(uint32_t offset) {
    return *(volatile uint32_t*)((uint32_t)&sink + (offset & 4u));  // reads there
}

__attribute__((noipa)) static void addresses(void) {
    sink = reads_at(never_written[1]);
}

__attribute__((noipa)) static void masked(void) {
    const uint32_t mixed = (never_written[3] & ~low) | 9u;
    sink = choose(mixed & low);
    sink = choose(never_written[1] * (low - 0xff));
}

__attribute__((noipa)) static void prints(void) {
    io_write(0x1a10f000, never_written[0] & 0xff);  // leaves the cores
}

__attribute__((noipa)) static void spills(void) {
    __asm__ volatile(
        "addi sp, sp, -16\n\t"
        "sw s5, 0(sp)\n\t"
        "sw s6, 4(sp)\n\t"
        "li s5, 1\n\t"
        "lw s5, 0(sp)\n\t"
        "lw s6, 4(sp)\n\t"
        "addi sp, sp, 16" ::: "memory");
}

__attribute__((noipa)) static void through_the_dma(void) {
    dma_wait(dma_start_in(tcdm_buffer, never_written, sizeof tcdm_buffer));
    sink = choose(tcdm_buffer[4]);  // came with the transfer
}

__attribute__((noipa)) static void written_by_the_dma(void) {
    memset((void*)filled, 7, sizeof filled);
    dma_wait(dma_start_in(tcdm_buffer, filled, sizeof tcdm_buffer));
    sink = choose(tcdm_buffer[4]);
}

__attribute__((noipa)) static void heap(void) {
    const uint32_t* const place = l1_alloc(16);
    sink = choose(place[1]);
}

int main(void) {
    if (core_id() != 0)
        return 0;
    switch (CASE) {
        case 1: branches(); break;
        case 2: copies_only(); break;
        case 3: addresses(); break;
        case 4: masked(); break;
        case 5: prints(); break;
        case 6: spills(); break;
        case 7: through_the_dma(); break;
        case 8: written_by_the_dma(); break;
        case 9: heap(); break;
        case 11: return (int)(never_written[5] & 1);
    }
    return 0;
}
