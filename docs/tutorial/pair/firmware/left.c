// SPDX-License-Identifier: Apache-2.0
// Asks the other chip to square a block of words, and checks the answer.
#include "mailbox.h"

#include <stdio.h>

FLEXV_TCDM_BSS static uint32_t words[kWords];
FLEXV_TCDM_BSS static uint32_t answer[kWords];

static uint32_t ask(uint32_t round) {
    for (uint32_t i = 0; i < kWords; ++i) {
        words[i] = i + 1000 * round;
    }
    dma_wait(dma_start_out(QUESTION, words, sizeof words));
    signal_other();
    wait_for_other();
    dma_wait(dma_start_in(answer, ANSWER, sizeof answer));
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < kWords; ++i) {
        wrong += answer[i] != words[i] * words[i];
    }
    return wrong;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    uint32_t wrong = 0;
    for (uint32_t round = 0; round < kRounds; ++round) {
        wrong += ask(round);
    }
    printf("left: %u rounds, %u words are wrong\n", (unsigned)kRounds, (unsigned)wrong);
    return wrong == 0 ? 0 : 1;
}
