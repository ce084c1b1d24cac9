// SPDX-License-Identifier: Apache-2.0
// Ends and prints as riscv-tests and ports of C programs do; CASE says how. With -DIN_TCDM the words lie there, with -DSHORT
// `tohost` is one word, and what lies behind it is none of its business.
#include "flexv/flexv.h"

enum Case {
    kEnd,               // low word, high word
    kCall,              // a system call
    kHighFirst,         // characters, high word first
    kStores,            // characters, by stores of 64 bits
    kLowAlone,          // a low word, and no more
    kLowAgain,          // the same again and again
    kEndHighFirst,      // high word, low word
    kCallWithLowAlone,  // a system call whose high word nobody writes
};

#ifdef IN_TCDM
#define PLACE FLEXV_TCDM_BSS
#else
#define PLACE
#endif

#ifdef SHORT
__asm__(".pushsection .data\n.balign 8\n.globl tohost\n.type tohost, @object\n.size tohost, 4\ntohost: .word 0, 0x12345678\n.popsection");
extern volatile uint32_t tohost;
#else
PLACE volatile uint64_t tohost __attribute__((aligned(64)));
#endif
PLACE volatile uint64_t fromhost __attribute__((aligned(64)));
static volatile uint64_t block[8] __attribute__((aligned(64)));

static volatile uint32_t *words(void) { return (volatile uint32_t *)&tohost; }

static void end_with(uint32_t code) {
    words()[0] = code << 1 | 1;
    words()[1] = 0;
    for (;;) {
    }
}

static void end_with_low_word(uint32_t code, int again) {
    do {
        words()[0] = code << 1 | 1;
    } while (again);
    for (;;) {
    }
}

static void end_with_high_word_first(uint32_t code) {
    words()[1] = 0;
    words()[0] = code << 1 | 1;
    for (;;) {
    }
}

static void print_by_call(const char *text, unsigned length, int with_low_word_alone) {
    block[0] = 64;
    block[1] = 1;
    block[2] = (uintptr_t)text;
    block[3] = length;
    if (with_low_word_alone) {
        words()[0] = (uintptr_t)block;
    } else {
        tohost = (uintptr_t)block;
    }
    while (fromhost == 0) {
    }
    fromhost = 0;
}

static void put_high_word_first(char letter) {
    words()[1] = 0x01010000;
    words()[0] = letter;
    while (words()[1] != 0) {
    }
}

#ifndef SHORT
static void put(char letter) {
    tohost = (uint64_t)0x0101 << 48 | (uint8_t)letter;
    while (tohost != 0) {
    }
}
#endif

int main(void) {
    if (core_id() != 0) {
        barrier();
        return 0;
    }
    switch (CASE) {
        case kCall:
        case kCallWithLowAlone:
            print_by_call("called\n", 7, CASE == kCallWithLowAlone);
            end_with(block[0] == 7 ? 0 : 99);
            break;
        case kHighFirst:
            put_high_word_first('o');
            put_high_word_first('k');
            put_high_word_first('\n');
            break;
#ifndef SHORT
        case kStores:
            put('o');
            put('\0');
            put('k');
            put('\n');
            break;
#endif
        case kLowAlone:
        case kLowAgain:
            end_with_low_word(5, CASE == kLowAgain);
            break;
        case kEndHighFirst:
            end_with_high_word_first(5);
            break;
        default:
            break;
    }
    end_with(5);
    return 0;
}
