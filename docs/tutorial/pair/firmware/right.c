// SPDX-License-Identifier: Apache-2.0
// Squares the words that the other chip leaves in the shared memory, all cores together.
#include "mailbox.h"

#include <stdio.h>

FLEXV_TCDM_BSS static uint32_t words[kWords];

int main(void) {
    for (uint32_t round = 0; round < kRounds; ++round) {
        if (core_id() == 0) {
            wait_for_other();
            dma_wait(dma_start_in(words, QUESTION, sizeof words));
        }
        barrier();
        for (uint32_t i = core_id(); i < kWords; i += core_count()) {
            words[i] *= words[i];
        }
        barrier();
        if (core_id() == 0) {
            dma_wait(dma_start_out(ANSWER, words, sizeof words));
            signal_other();
        }
    }
    if (core_id() == 0) {
        printf("right: answered %u times\n", (unsigned)kRounds);
    }
    return 0;
}
