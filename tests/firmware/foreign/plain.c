// SPDX-License-Identifier: Apache-2.0
// A program as somebody writes it who has read the memory map and nothing else: no runtime, start-up
// code of its own, data that is changed and data that must be zero. Ends with 0.
#define CHARACTER (*(volatile unsigned*)0x1a10f000)
#define CORE_STATUS (*(volatile unsigned*)0x1a1040a0)

int counter = 41;
int zeros[8];

__attribute__((used)) int main(void) {
    for (const char* letter = "hello\n"; *letter; ++letter)
        CHARACTER = (unsigned)*letter;
    counter += 1 + zeros[3];
    CORE_STATUS = 0x80000000u | (counter != 42);
    for (;;)
        __asm__ volatile("wfi");
}

__asm__(
    ".section .text.start, \"ax\"\n"
    ".globl _start\n"
    "_start:\n"
    "  csrr a0, mhartid\n"
    "  bnez a0, 1f\n"
#ifdef SETS_GP
    "  .option push\n  .option norelax\n  la gp, __global_pointer$\n  .option pop\n"
#endif
    "  la sp, stack_top\n"
    "  call main\n"
    "1: wfi\n"
    "  j 1b\n"
    ".bss\n.balign 16\n.skip 1024\nstack_top:\n.text\n");
