// SPDX-License-Identifier: Apache-2.0
// A timer interrupts Mac&Load loops and scopes of formats all the time; the handler calls a
// function that would have lanes and Mac&Load if nobody interrupted. All sums must come out right.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kBytes = 256, kRounds = 40 };

FLEXV_TCDM_BSS static uint8_t activations[kBytes];
FLEXV_TCDM_BSS static int8_t weights[kBytes];
FLEXV_TCDM_BSS static volatile uint32_t beats;
FLEXV_TCDM_BSS static volatile uint32_t mistakes;
FLEXV_TCDM_BSS static volatile int expected_in_handler;

__attribute__((noinline)) static int in_handler(const uint8_t* a, const int8_t* b, int n) {
    int sum = 0;
    for (int i = 0; i < n; ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

__attribute__((interrupt("machine"))) void flexv_interrupt_handler(void) {
    mistakes += in_handler(activations, weights, 24) != expected_in_handler;
    ++beats;
}

__attribute__((noinline)) static int by_mac_and_load(const uint8_t* a, const int8_t* b, int n) {
    int sum = 0;
    for (int i = 0; i < n; ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

__attribute__((noinline)) static uint32_t by_format(const uint32_t* a, const uint32_t* b,
                                                    int words) {
    uint32_t sum = 0;
    with_format(a8w8) {
        for (int i = 0; i < words; ++i) {
            sum = pv_sdotusp_v(sum, a[i], b[i]);
        }
    }
    return sum;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    for (int i = 0; i < kBytes; ++i) {
        activations[i] = (uint8_t)(i * 7);
        weights[i] = (int8_t)(i * 11 - 100);
    }
    expected_in_handler = in_handler(activations, weights, 24);
    const int expected = by_mac_and_load(activations, weights, kBytes);
    timer_start_periodic(331);
    interrupts_enable(1u << EVENT_LINE_TIMER_LO);
    uint32_t wrong = 0;
    for (uint32_t round = 0; round < kRounds; ++round) {
        __asm__ volatile("" : : : "memory");  // sums are computed anew
        wrong += by_mac_and_load(activations, weights, kBytes) != expected;
        wrong += by_format((const uint32_t*)activations, (const uint32_t*)weights, kBytes / 4) !=
                 (uint32_t)expected;
    }
    interrupts_disable();
    printf("%s: %u interrupts, %u and %u wrong\n", wrong + mistakes == 0 ? "PASS" : "FAIL",
           (unsigned)beats, (unsigned)wrong, (unsigned)mistakes);
    return wrong + mistakes != 0;
}
