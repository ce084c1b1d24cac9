// SPDX-License-Identifier: Apache-2.0
// Meets the meter behind the window in the way that it asks for, as often as it asks for.
#include "flexv/flexv.h"

enum Way { kLoads, kTransfers, kPolledStores, kInterrupts };
enum { kLine = 12, kBlockBytes = 1024 };

#define METER 0x20000000u
#define METER_WAY (METER + 0u)
#define METER_ROUNDS (METER + 4u)
#define METER_FLAG (METER + 8u)
#define METER_REPLY (METER + 12u)
#define METER_BLOCK (METER + 0x400u)

FLEXV_TCDM_BSS static volatile uint32_t flag;
FLEXV_TCDM_BSS static uint8_t block[kBlockBytes];

static void wait_for_round(uint32_t way, uint32_t round) {
    if (way == kInterrupts) {
        event_wait(1u << kLine);
        return;
    }
    while (flag != round) {
    }
}

static void meet(uint32_t way, uint32_t round) {
    switch (way) {
        case kLoads:
            io_read(METER_BLOCK);
            break;
        case kTransfers:
            dma_wait(dma_start_in(block, (void*)METER_BLOCK, sizeof block));
            break;
        default:
            wait_for_round(way, round);
            io_write(METER_REPLY, round);
    }
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    const uint32_t way = io_read(METER_WAY);
    const uint32_t rounds = io_read(METER_ROUNDS);
    io_write(METER_FLAG, (uint32_t)&flag);
    for (uint32_t round = 1; round <= rounds; ++round) {
        meet(way, round);
    }
    return 0;
}
