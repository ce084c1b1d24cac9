// SPDX-License-Identifier: Apache-2.0
// Simulation-speed benchmark: every core reads words of one bank, so all but one wait in each
// cycle.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kRounds = 60000, kWordsApart = 64, kMaxCores = 16 };  // 64 banks at most: the same for all

FLEXV_REGION(1, "one bank");

FLEXV_TCDM_BSS static volatile uint32_t words[kMaxCores * kWordsApart];

int main(void) {
    volatile uint32_t* const word = &words[core_id() * kWordsApart];
    *word = core_id();
    uint32_t sum = 0;
    FLEXV_REGION_BEGIN(1);
    for (uint32_t round = 0; round < kRounds; ++round) {
        sum += *word;
        sum += *word;
        sum += *word;
        sum += *word;
    }
    FLEXV_REGION_END(1);
    if (core_id() == 0) {
        printf("bench_bank: result %u\n", (unsigned)sum);
    }
    return sum == 4 * kRounds * core_id() ? 0 : 1;
}
