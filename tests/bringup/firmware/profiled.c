// SPDX-License-Identifier: Apache-2.0
// All that a profiler has to follow: calls, recursion, tail calls, an interrupt, longjmp, hardware loops, sleep.
#include "flexv/flexv.h"

#include <setjmp.h>

static volatile int sink;
static jmp_buf places[16];

__attribute__((noipa)) static int leaf(int x) {
    sink = x;
    return x * 3;
}

__attribute__((noipa)) static int tail(int x) { return leaf(x + 1); }  // jumps to leaf, which returns for both

__attribute__((noipa)) static int recurse(int depth) {
    if (depth == 0)
        return 0;
    sink = recurse(depth - 1);  // calls itself
    return sink + depth;
}

__attribute__((noipa)) static void throw_away(int depth) {
    if (depth == 0)
        longjmp(places[core_id()], 1);
    throw_away(depth - 1);
    sink = depth;
}

__attribute__((noipa)) static void thrown(void) {
    if (setjmp(places[core_id()]) == 0)
        throw_away(5);
    leaf(2);
}

__attribute__((noipa)) static unsigned hardware_loop(unsigned count) {
    unsigned sum = 0;
    __asm__ volatile(
        ".option push\n\t.option norvc\n\t"
        "lp.setup 0, %1, 1f\n\t"
        "addi %0, %0, 1\n"
        "1: addi %0, %0, 2\n\t"
        ".option pop"
        : "+r"(sum)
        : "r"(count));
    return sum;
}

__attribute__((interrupt)) void flexv_interrupt_handler(void) {
    leaf(7);
}

__attribute__((noipa)) static void interrupted(void) {
    interrupts_enable(1u << 3);
    event_trigger(3, 1u << core_id());
    for (int i = 0; i < 50; ++i)
        sink = i;
    interrupts_disable();
}

int main(void) {
    for (int i = 0; i < 10; ++i)
        sink = leaf(i);
    sink = tail(1) + recurse(4);
    thrown();
    if (hardware_loop(20) != 60)
        return 1;
    if (core_id() == 1)
        interrupted();
    for (unsigned i = 0; i < 100 * core_id(); ++i)
        sink = 0;
    barrier();
    return 0;
}
