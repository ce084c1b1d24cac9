// SPDX-License-Identifier: Apache-2.0
// Asks the RTL block for greatest common divisors, once by its interrupt and once by a read that waits.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kLine = 13 };

#define GCD_A 0x1a400000u
#define GCD_B 0x1a400004u
#define GCD_RESULT 0x1a400008u
#define GCD_CYCLES 0x1a40000cu

FLEXV_REGION(1, "interrupt");
FLEXV_REGION(2, "wait");

static void start(uint32_t a, uint32_t b) {
    io_write(GCD_B, b);
    io_write(GCD_A, a);
}

static uint32_t by_interrupt(uint32_t a, uint32_t b) {
    FLEXV_REGION_BEGIN(1);
    start(a, b);
    event_wait(1u << kLine);
    const uint32_t result = io_read(GCD_RESULT);
    FLEXV_REGION_END(1);
    return result;
}

static uint32_t by_waiting(uint32_t a, uint32_t b) {
    FLEXV_REGION_BEGIN(2);
    start(a, b);
    const uint32_t result = io_read(GCD_RESULT);
    FLEXV_REGION_END(2);
    return result;
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    const uint32_t first = by_interrupt(1071, 462);
    printf("gcd(1071, 462) = %u in %u cycles of the block\n", (unsigned)first,
           (unsigned)io_read(GCD_CYCLES));
    const uint32_t second = by_waiting(2024, 1984);
    printf("gcd(2024, 1984) = %u in %u cycles of the block\n", (unsigned)second,
           (unsigned)io_read(GCD_CYCLES));
    return first == 21 && second == 8 ? 0 : 1;
}
