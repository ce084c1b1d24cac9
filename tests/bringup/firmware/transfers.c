// SPDX-License-Identifier: Apache-2.0
// The DMA used as it should and should not be. CASE chooses one; odd ones are mistakes.
#include "dma.h"
#include "flexv/flexv.h"

#define WORDS 512u

FLEXV_TCDM_BSS static volatile uint32_t buffer[WORDS];
FLEXV_TCDM_BSS static volatile uint32_t other[WORDS];
static volatile uint32_t source[WORDS];
static volatile uint32_t sink;

static void overwrites_source(void) {
    const DmaTransfer id = dma_start_out(source, buffer, sizeof buffer);
    buffer[WORDS - 1] = 1;  // too early
    dma_wait(id);
}

static void uses_the_other_buffer(void) {
    const DmaTransfer id = dma_start_out(source, buffer, sizeof buffer);
    other[3] = 1;
    sink = buffer[WORDS - 1];  // may be read while it is read
    dma_wait(id);
    buffer[WORDS - 1] = 1;
}

static void frees_twice(void) {
    const DmaTransfer id = dma_start_in(buffer, source, sizeof buffer);
    dma_wait(id);
    io_write(DMA + DMA_STATUS, 1u << id);  // the second time
}

static void never_frees(void) {
    const DmaTransfer id = dma_start_in(buffer, source, sizeof buffer);  // never freed
    while ((io_read(DMA + DMA_STATUS) & (1u << id)) != 0) {
    }
}

static void both_directions(void) {
    const DmaTransfer in = dma_start_in(buffer, source, sizeof buffer);
    const DmaTransfer out = dma_start_out(source, buffer, sizeof buffer);  // meets the first
    dma_wait(in);
    dma_wait(out);
}

static void frees_early(void) {
    const DmaTransfer id = dma_start_in(buffer, source, sizeof buffer);
    io_write(DMA + DMA_STATUS, 1u << id);  // goes on still
    while ((io_read(DMA + DMA_STATUS) & (1u << id)) != 0) {
    }
}

int main(void) {
    if (core_id() == 0)
        switch (CASE) {
            case 1: overwrites_source(); break;
            case 2: uses_the_other_buffer(); break;
            case 3: frees_twice(); break;
            case 5: never_frees(); break;
            case 7: both_directions(); break;
            case 9: frees_early(); break;
        }
    barrier();
    return 0;
}
