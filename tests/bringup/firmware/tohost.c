// SPDX-License-Identifier: Apache-2.0
// Ends and prints as riscv-tests do. CASE: 0 ends with a number, 1 prints by a system call, 2 prints
// characters.
#include "flexv/flexv.h"

volatile uint64_t tohost __attribute__((aligned(64)));
volatile uint64_t fromhost __attribute__((aligned(64)));
static volatile uint64_t block[8] __attribute__((aligned(64)));

static void end_with(uint32_t code) {
    volatile uint32_t *words = (volatile uint32_t *)&tohost;
    words[0] = code << 1 | 1;
    words[1] = 0;
    for (;;) {
    }
}

static void print_by_call(const char *text, unsigned length) {
    block[0] = 64;
    block[1] = 1;
    block[2] = (uintptr_t)text;
    block[3] = length;
    tohost = (uintptr_t)block;
    while (fromhost == 0) {
    }
    fromhost = 0;
}

static void put(char letter) {
    volatile uint32_t *words = (volatile uint32_t *)&tohost;
    words[1] = 0x01010000;
    words[0] = letter;
    while (words[1] != 0) {
    }
}

int main(void) {
    if (core_id() != 0) {
        barrier();
        return 0;
    }
    if (CASE == 1) {
        print_by_call("called\n", 7);
        end_with(block[0] == 7 ? 0 : 99);
    }
    if (CASE == 2) {
        put('o');
        put('k');
        put('\n');
    }
    end_with(5);
    return 0;
}
