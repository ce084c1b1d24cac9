// SPDX-License-Identifier: Apache-2.0
// Work that a timeline shows: calls, a transfer in and out, an event, a lock, and a core that is late at the barrier.
#include "dma.h"
#include "flexv/flexv.h"

#define WORDS 256u

static uint32_t source[WORDS] = {1};
static uint32_t result[WORDS];
FLEXV_TCDM_BSS static uint32_t buffer[WORDS];
FLEXV_TCDM_BSS static volatile uint32_t sum;
static volatile uint32_t sink;

__attribute__((noipa)) static void spin(unsigned rounds) {
    for (unsigned i = 0; i < rounds; ++i)
        sink;
}

__attribute__((noipa)) static void fetch_and_return(void) {
    dma_wait(dma_start_in(buffer, source, sizeof buffer));
    dma_wait(dma_start_out(result, buffer, sizeof buffer));
}

__attribute__((noipa)) static void hold_lock(void) {
    mutex_lock();
    sum += 1;
    spin(5);
    mutex_unlock();
}

__attribute__((noipa)) static void be_late(void) {
    spin(300);
}

int main(void) {
    if (core_id() == 0)
        fetch_and_return();
    if (core_id() == 1) {
        spin(100);
        event_trigger(3, 1u << 2);
    }
    if (core_id() == 2)
        event_wait(1u << 3);
    if (core_id() >= 4)
        hold_lock();
    if (core_id() == 3)
        be_late();
    barrier();
    return core_id() == 0 && (result[0] != 1 || sum != core_count() - 4);
}
