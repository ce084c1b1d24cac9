// SPDX-License-Identifier: Apache-2.0
// An object that must be constructed before main(). Ends with 0.
#define CORE_STATUS (*(volatile unsigned*)0x1a1040a0)

struct Value {
    explicit Value(int v) : value(v) {}
    int value;
};
volatile int source = 42;
Value constructed(source);

extern "C" {
using Constructor = void (*)();
extern Constructor __init_array_start[];
extern Constructor __init_array_end[];

__attribute__((used)) void run() {
    for (Constructor* constructor = __init_array_start; constructor != __init_array_end;
         ++constructor)
        (*constructor)();
    CORE_STATUS = 0x80000000u | (constructed.value != 42);
    for (;;)
        asm volatile("wfi");
}
}
asm(".globl _start\n"
    "_start: csrr a0, mhartid\n bnez a0, 1f\n la sp, stack_top\n call run\n"
    "1: wfi\n j 1b\n"
    ".bss\n.balign 16\n.skip 1024\nstack_top:\n.text\n");
