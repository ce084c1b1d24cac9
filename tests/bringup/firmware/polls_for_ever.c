// SPDX-License-Identifier: Apache-2.0
// Core 0 polls a flag that nobody sets, inside the handler of an exception.
#include "flexv/flexv.h"

static volatile int flag;

__attribute__((noinline)) static void wait_for_flag(void) {
    while (flag == 0) {
    }
}

__attribute__((interrupt)) void flexv_exception_handler(void) { wait_for_flag(); }

__attribute__((noinline)) static void call_system(void) { __asm__ volatile("ecall"); }

int main(void) {
    if (core_id() == 0)
        call_system();
    barrier();
    return 0;
}
