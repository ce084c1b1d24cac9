// SPDX-License-Identifier: Apache-2.0
// The fourth entry of a table was never a pointer: one core follows it, three calls deep, while the others
// wait at the barrier.
#include "flexv/flexv.h"

static volatile int *table[4];
static volatile int one = 1;

__attribute__((noinline)) static int read_entry(int index) {
    return *table[index];  // faults here
}

__attribute__((noinline)) static int sum_of(int count) {
    int sum = 0;
    for (int i = 0; i < count; ++i)
        sum += read_entry(i);  // calls read_entry
    return sum;
}

int main(void) {
    if (core_id() == 0)
        for (int i = 0; i < 3; ++i)
            table[i] = &one;
    table[3] = (volatile int *)0x50000000;
    barrier();
    if (core_id() == 2)
        one = sum_of(4);  // calls sum_of
    barrier();
    return 0;
}
