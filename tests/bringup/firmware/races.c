// SPDX-License-Identifier: Apache-2.0
// Pairs of accesses with and without order between them. CASE chooses one; odd ones are mistakes.
#include "dma.h"
#include "flexv/flexv.h"

#include "cluster_control.h"

#define WORDS 64u
#define LOCK_VIEW 0x100000u  // test-and-set view of the TCDM

FLEXV_TCDM_BSS static volatile uint32_t counter;
FLEXV_TCDM_BSS static volatile uint8_t bytes[4];
FLEXV_TCDM_BSS static volatile uint32_t lock;
FLEXV_TCDM_BSS static volatile uint32_t buffer[WORDS];
static volatile uint32_t in_l2;
static volatile uint32_t source[WORDS];
static volatile uint32_t sinks[16];
#define sink sinks[core_id()]

__attribute__((noipa)) static void spin(unsigned rounds) {
    for (unsigned i = 0; i < rounds; ++i)
        __asm__ volatile("nop");
}

static volatile uint32_t* lock_view(void) {
    return (volatile uint32_t*)((uint32_t)&lock + LOCK_VIEW);
}

__attribute__((noipa)) static void write_first(void) {
    counter = 1;  // writes first
}

__attribute__((noipa)) static void write_behind(void) {
    spin(200);
    counter = 2;  // writes behind
}

static void unordered(void) {
    if (core_id() == 1)
        write_first();
    if (core_id() == 2)
        write_behind();
}

static void ordered_by_barrier(void) {
    if (core_id() == 1)
        counter = 1;
    barrier();
    if (core_id() == 2)
        counter += 1;
}

static void same_l2_word(void) {
    if (core_id() == 3)
        in_l2 = 5;
    if (core_id() == 4) {
        spin(300);
        sink = in_l2;  // reads in_l2
    }
}

static void bytes_of_one_word(void) {
    if (core_id() < 4)
        bytes[core_id()] = 1;
}

static void locked_by_some(void) {
    if (core_id() == 5) {  // forgets the lock
        counter += 1;
        return;
    }
    mutex_lock();
    counter += 1;
    mutex_unlock();
}

static void locked_by_all(void) {
    mutex_lock();
    counter += 1;
    mutex_unlock();
}

static void transfer_not_waited_for(void) {
    if (core_id() == 0) {
        const DmaTransfer id = dma_start_in(buffer, source, sizeof buffer);
        spin(500);
        sink = buffer[3];  // uses the buffer
        dma_wait(id);
    }
}

static void transfer_waited_for(void) {
    if (core_id() == 0)
        dma_wait(dma_start_in(buffer, source, sizeof buffer));
    barrier();
    sink = buffer[core_id()];
    barrier();
    if (core_id() == 1) {
        buffer[1] = 7;
        dma_wait(dma_start_out(source, buffer, sizeof buffer));
    }
}

static void spinning_on_a_flag(void) {
    if (core_id() == 1)
        in_l2 = 1;  // sets the flag
    if (core_id() == 2)
        while (in_l2 == 0) {  // polls the flag
        }
}

static void spinning_on_test_and_set(void) {
    if (core_id() > 1)
        return;
    while (*lock_view() != 0) {
    }
    counter += 1;
    lock = 0;
}

static void event_to_the_wrong_core(void) {
    if (core_id() == 1) {
        counter = 1;
        event_trigger(3, 1u << 2);
    }
    if (core_id() == 2)
        event_wait(1u << 3);
    if (core_id() == 3) {
        spin(300);
        sink = counter;  // nobody has told core 3
    }
}

static void event_to_the_right_core(void) {
    if (core_id() == 1) {
        counter = 1;
        event_trigger(3, 1u << 2);
    }
    if (core_id() == 2) {
        event_wait(1u << 3);
        counter = 2;
    }
}

int main(void) {
    switch (CASE) {
        case 1: unordered(); break;
        case 2: ordered_by_barrier(); break;
        case 3: same_l2_word(); break;
        case 4: bytes_of_one_word(); break;
        case 5: locked_by_some(); break;
        case 6: locked_by_all(); break;
        case 7: transfer_not_waited_for(); break;
        case 8: transfer_waited_for(); break;
        case 9: spinning_on_a_flag(); break;
        case 10: spinning_on_test_and_set(); break;
        case 11: event_to_the_wrong_core(); break;
        case 12: event_to_the_right_core(); break;
    }
    barrier();
    return 0;
}
