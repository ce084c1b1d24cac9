// SPDX-License-Identifier: Apache-2.0
// A timer interrupts two levels of hardware loops all the time; the handler has a loop of its own
// and calls a function that has one, too. The sum must come out right.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kRows = 40, kColumns = 25, kRounds = 30 };

FLEXV_TCDM_BSS static volatile uint32_t beats;
FLEXV_TCDM_BSS static uint32_t scratch[16];
FLEXV_TCDM_BSS static uint32_t numbers[kRows][kColumns];

__attribute__((noinline)) static uint32_t total(const uint32_t* from, uint32_t count) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count; ++i) {
        sum += from[i];
    }
    return sum;
}

__attribute__((interrupt)) void flexv_interrupt_handler(void) {
    for (uint32_t i = 0; i < 16; ++i) {
        scratch[i] ^= i + beats;
    }
    beats += total(scratch, 16) != 1;
}

__attribute__((noinline)) static uint32_t weighted(void) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < kRows; ++i) {
        for (uint32_t j = 0; j < kColumns; ++j) {
            sum += numbers[i][j] ^ i;
        }
    }
    return sum;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    for (uint32_t i = 0; i < kRows * kColumns; ++i) {
        ((uint32_t*)numbers)[i] = i * 2654435761u;
    }
    const uint32_t expected = weighted();
    timer_start_periodic(997);
    interrupts_enable(1u << EVENT_LINE_TIMER_LO);
    uint32_t wrong = 0;
    for (uint32_t round = 0; round < kRounds; ++round) {
        __asm__ volatile("" : : : "memory");  // the sum is computed anew
        wrong += weighted() != expected;
    }
    interrupts_disable();
    printf("%s: %u interrupts\n", wrong == 0 ? "PASS" : "FAIL", (unsigned)beats);
    return wrong != 0;
}
