/* SPDX-License-Identifier: Apache-2.0
 * What the cores of the cluster do, in both boot styles: start-up, barriers, and each thing that
 * runtime and SDK use on the way (docs/spec/firmware_abi.md sections 3 to 8). */
#include "abi.h"

volatile u32 cluster_running;
u32 cluster_result;
char* cluster_stacks __attribute__((section(".data_l1"))) = 0;

static volatile u32 preloaded __attribute__((section(".data_l1"))) = 0xcafe1234;
static volatile u32 shared_count __attribute__((section(".bss_l1")));
static volatile u32 joined[8] __attribute__((section(".bss_l1")));
static volatile u32 copied[64] __attribute__((section(".bss_l1"), aligned(8)));
static char heap[8 * 0x800] __attribute__((section(".bss_l1"), aligned(16)));
static u32 source[64] __attribute__((aligned(8)));

void print(const char* text) {
    const u32 hart = hartid();
#ifdef STYLE_P
    const u32 base = 0x1A10F000;
#else
    const u32 base = 0x40000000;
#endif
    const u32 port = base + ((hart & 0x1f) << 3) + ((hart >> 5 & 0x3f) << 7);
    while (*text != '\0')
        REG(port) = (u32)*text++;
}

static void print_number(u32 value) {
    char digits[11];
    char* next = digits + 10;
    *next = '\0';
    for (int digit = 0; digit < 8; ++digit, value >>= 4)
        *--next = "0123456789abcdef"[value & 15];
    print(next);
}

void expect(u32 step, u32 value, u32 wanted) {
    if (value == wanted)
        return;
    print("step ");
    print_number(step);
    print(": ");
    print_number(value);
    print(", expected ");
    print_number(wanted);
    print("\n");
    exit_with(step);
}

void exit_with(u32 status) {
#ifdef STYLE_P
    REG(0x1A1040A0) = status | 0x80000000;
    REG(0x1A109808) = 0xffffffff;
#else
    REG(0x10200100) = status | 0x80000000;
    REG(0x10200000) = 1;
#endif
    for (;;)
        __asm__ volatile("wfi");
}

/* Entered by an illegal instruction; empty in the runtime, so it runs astray. */
void illegal_instruction(void) {}

/* FC in style P, core 0 in style C. */
void start_cluster(void) {
    volatile u32* const header = (volatile u32*)0x10008000;
    header[0] = 0x100; /* heap header, twice */
    header[0] = 0x100;
    REG(0x10201400) = 0xffffffff;
    cluster_stacks = heap;
    cluster_running = 1;
#ifdef STYLE_P
    for (u32 core = 0; core < 8; ++core)
        REG(0x10200040 + 4 * core) = 0x1C008080;
    REG(0x10200008) = 0xff;
#endif
}

static void barrier(void) { event_load(0x0020421C); }

void cluster_entry_stub(void) {
    REG(0x00204008) = 1 << 16 | 1 << 17 | 1 << 18;
#ifdef STYLE_P
    const u32 everybody = 0xff;
#else
    REG(0x00204014) = 1 << 23 | 1 << 24;
    __asm__ volatile("csrw 0x304, %0" : : "r"(~0u)); /* no such CSR: ignored */
    __asm__ volatile("csrsi mstatus, 8");
    const u32 everybody = REG(0x10202004);
#endif
    REG(0x00204200) = everybody;
    REG(0x0020420C) = everybody;
    barrier();
    const u32 result = cluster_main();
    barrier();
    if (core_id() == 0) {
        cluster_result = result;
        cluster_running = 0;
#ifndef STYLE_P
        exit_with(result);
#endif
    }
    REG(0x00204004) = 0xffffffff;
    for (;;)
        event_load(0x00204038);
}

/* --- the steps: 1.. */

static void check_memory(void) {
    expect(1, preloaded, 0xcafe1234);
    expect(2, REG((u32)&preloaded & 0xfffff), 0xcafe1234); /* alias of the cluster at 0 */
    if (core_id() == 0) {
        REG(0x1003FFF0) = 0x77;
        expect(3, REG(0x10000000 + (STYLE_TCDM - 0x10)), 0x77);
        REG(0x1000FF00) = 5;
        expect(4, REG(0x1010FF00), 5); /* test and set */
        expect(5, REG(0x1010FF00), 0xffffffff);
        REG(0x1000FF00) = 0;
        expect(6, REG(0x0010FF00), 0);
        expect(7, REG(0x10008000), 0x100); /* the heap header that was there before we started */
    }
}

static void check_unknown_csrs(void) {
    u32 value = 1;
    __asm__ volatile("csrr %0, 0x7d0" : "=r"(value));
    expect(10, value, 0);
    __asm__ volatile("csrw 0x7d0, %0" : : "r"(~0u));
    __asm__ volatile("csrr %0, 0x7d2" : "=r"(value));
    expect(11, value, 0);
}

static void check_mutex(void) {
    for (int turn = 0; turn < 10; ++turn) {
        event_load(0x002040C0);
        shared_count = shared_count + 1;
        REG(0x002040C0) = 0;
    }
    barrier();
    expect(20, shared_count, 80);
}

/* Barrier 1 for the even cores alone, with masks that each of them writes. */
static void check_second_barrier(void) {
    if (core_id() % 2 == 0) {
        REG(0x00204220) = 0x55;
        REG(0x0020422C) = 0x55;
        expect(25, event_load(0x0020423C), 1 << 16);
        expect(26, REG(0x00204224), 0);
    }
    barrier();
}

/* Fork and join as the SDK does it: function and argument through the dispatch FIFO. */
static void store_square(u32 value) { joined[core_id()] = value * value + core_id(); }

static void check_dispatch(void) {
    if (core_id() == 0) {
        REG(0x00204084) = 0xfe; /* team: everybody else */
        REG(0x00204200) = 0xff;
        REG(0x0020420C) = 0xff;
        REG(0x00204080) = (u32)store_square;
        REG(0x00204080) = 12;
        store_square(12);
    } else {
        REG(0x00204004) = 1 << 16 | 1 << 17; /* line 18 alone during a pop */
        void (*const function)(u32) = (void (*)(u32))event_load(0x00204080);
        function(event_load(0x00204080));
        REG(0x00204008) = 1 << 16 | 1 << 17;
    }
    barrier();
    for (u32 core = 0; core < 8; ++core)
        expect(30 + core, joined[core], 144 + core);
    barrier();
}

/* Software event 1 through the global port, as the FC wakes a master of the SDK. */
static void check_software_event(void) {
    if (core_id() == 1) {
        REG(0x00204008) = 1 << 1;
        expect(40, event_load(0x0020403C) & 2, 2);
        REG(0x00204004) = 1 << 1;
    } else if (core_id() == 0) {
        expect(41, REG(0x10200840) & (1 << 16), 1 << 16); /* EVT_MASK of core 1 */
        REG(0x10200E04) = 1 << 1;
    }
    barrier();
}

/* L2 to L1 through the shared port, told to everybody, as the runtime does. */
static void check_dma(void) {
    if (core_id() == 0) {
        for (u32 word = 0; word < 64; ++word)
            source[word] = 0x1000 + word;
        REG(0x00204008) = 1 << 8;
        const u32 id = REG(0x00201800);
        REG(0x00201800) = 256 | 1 << 17 | 1 << 18 | 1 << 20 | 1 << 22;
        REG(0x00201800) = (u32)copied;
        REG(0x00201800) = (u32)source;
        while ((REG(0x00201804) >> id & 1) != 0)
            event_load(0x0020403C);
        REG(0x00201804) = 1u << id;
        REG(0x00204028) = 1 << 8;
        REG(0x00204004) = 1 << 8;
    }
    barrier();
    for (u32 word = 0; word < 64; ++word)
        expect(50, copied[word], 0x1000 + word);
    if (core_id() != 0)
        expect(51, REG(0x0020401C) >> 8 & 1, 1); /* buffered, though it is not in their masks */
    barrier();
}

/* The same through the port of the core itself, back to L2, 2D on both sides. */
static void check_own_dma_port(void) {
    static u32 target[16];
    if (core_id() == 3) {
        const u32 id = REG(0x00204400);
        REG(0x00204400) = 32 | 1 << 18 | 1 << 19 | 1 << 23; /* 4 lines of 8 bytes to 2 of 16 */
        REG(0x00204400) = (u32)copied;
        REG(0x00204400) = (u32)target;
        REG(0x00204400) = 16;
        REG(0x00204400) = 32;
        REG(0x00204400) = 8;
        REG(0x00204400) = 16;
        while ((REG(0x00204404) >> id & 1) != 0)
            ;
        REG(0x00204404) = 1u << id;
        expect(55, target[0], 0x1000);
        expect(56, target[2], 0x1004);
        expect(57, target[8], 0x1008);
        expect(58, target[11], 0x100d);
    }
    barrier();
}

static void check_timers(void) {
    if (core_id() != 0)
        return;
#ifdef STYLE_P
    const u32 base = 0x1A10B000; /* the FC's, from cluster cores too */
#else
    const u32 base = 0x10200400;
#endif
    REG(base + 0x04) = 0;
    REG(base + 0x24) = 1;
    expect(60, REG(base + 0x0C), 0);
    REG(base + 0x1C) = 1;
    for (volatile int wait = 0; wait < 20; ++wait)
        ;
    REG(base + 0x04) = 0;
    const u32 first = REG(base + 0x0C);
    expect(61, first > 50 && first < 10000, 1);
    expect(62, REG(base + 0x0C), first);
}

static void check_performance_counters(void) {
    u32 cycles, instructions;
    __asm__ volatile("csrw 0xcc0, %0" : : "r"(3)); /* cycles, instructions */
    __asm__ volatile("csrw 0xcc1, %0" : : "r"(0));
    __asm__ volatile("csrw 0x79f, x0");
    __asm__ volatile("csrw 0xcc1, %0" : : "r"(1));
    for (volatile int wait = 0; wait < 10; ++wait)
        ;
    __asm__ volatile("csrw 0xcc1, %0" : : "r"(0));
    __asm__ volatile("csrr %0, 0x780" : "=r"(cycles));
    __asm__ volatile("csrr %0, 0x781" : "=r"(instructions));
    expect(70, instructions > 30 && cycles > instructions, 1);
}

static void check_stubs(void) {
    expect(80, REG(0x10202004), 0xff);
    expect(81, REG(0x10202108 + 0x10 * core_id()), 0);
    REG(0x10202008) = 1; /* ignored */
    if (core_id() == 0) {
        expect(82, REG(0x10201000), 0); /* no accelerator */
        REG(0x10200020) = 1;            /* clock gating of the cluster */
        REG(0x10200010) = 1;            /* connected to nothing */
    }
}

/* Hardware loop and post-increment, as the compiler makes them. */
static void check_xpulp(void) {
    u32 sum = 0;
    const volatile u32* next = copied;
    u32 word;
    __asm__ volatile(
        ".option push\n.option norvc\n.option norelax\n"
        "li t5, 8\n"
        ".word 0x0000407b | (30 << 15) | (4 << 20)\n" /* lp.setup 0, t5, 4 * 2 */
        ".insn i 0x0b, 2, %1, %2, 4\n"                /* p.lw word, 4(next!) */
        "add %0, %0, %1\n"
        ".option pop\n"
        : "+r"(sum), "=&r"(word), "+r"(next)
        :
        : "t5");
    expect(90, (u32)next, (u32)copied + 32);
    expect(91, sum, 8 * 0x1000 + 28);
}

u32 cluster_main(void) {
    print("hello from a core\n");
    check_memory();
    barrier();
    check_unknown_csrs();
    check_mutex();
    check_second_barrier();
    check_dispatch();
    check_software_event();
    check_dma();
    check_own_dma_port();
    check_timers();
    check_performance_counters();
    check_stubs();
    check_xpulp();
#ifdef STYLE_P
    if (core_id() == 5)
        REG(0x1A109810) = 2; /* tells the fabric controller */
#endif
    return 0;
}
