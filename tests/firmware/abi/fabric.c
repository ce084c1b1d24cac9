/* SPDX-License-Identifier: Apache-2.0
 * Boot style P: the fabric controller before, while and after the cluster runs
 * (docs/spec/firmware_abi.md sections 3 and 7). */
#include "abi.h"

static volatile u32 interrupts;
static volatile u32 fifo_id;
static u32 to_l1[8] __attribute__((aligned(8))) = {11, 12, 13, 14, 15, 16, 17, 18};

static void set_fll(u32 base, u32 multiplier) {
    const u32 conf1 = REG(base + 4);
    if ((conf1 >> 31) == 0) {
        REG(base + 8) = (REG(base + 8) & ~0x0fff0fc0u) | 6 << 10 | 0x50 << 16;
        REG(base + 0xC) = 332 << 16;
    }
    REG(base + 4) =
        (conf1 & 0x3fff0000u & ~(0xfu << 26)) | 1u << 26 | 1u << 30 | 1u << 31 | multiplier;
    while ((REG(base) & 0xffff) != multiplier)
        ;
}

/* The body of the handler that is patched into the vector table. */
__attribute__((interrupt)) static void on_line_1(void) { interrupts |= 1 << 1; }
__attribute__((interrupt)) static void on_dma(void) { interrupts |= 1 << 8; }
__attribute__((interrupt)) static void on_timer(void) {
    interrupts |= 1 << 10;
    REG(0x1A10B000) = 0;
}
__attribute__((interrupt)) static void on_soc_event(void) {
    interrupts |= 1 << 26;
    fifo_id = REG(0x1A109824);
}

/* A jal is stored into the table in L2, and nothing is flushed. */
static void install(u32 line, void (*handler)(void)) {
    const u32 slot = 0x1C008000 + 4 * line;
    const u32 offset = (u32)handler - slot;
    REG(slot) = 0x6f | (offset & 0xff000) | (offset >> 11 & 1) << 20 | (offset >> 1 & 0x3ff) << 21 |
                (offset >> 20 & 1) << 31;
}

static void wait_for(u32 line) {
    while ((interrupts >> line & 1) == 0)
        __asm__ volatile("wfi");
}

static void check_identity(void) {
    u32 value;
    expect(101, hartid(), 0x3e0);
    __asm__ volatile("csrw mtvec, %0" : : "r"(0x1C008000 | 1));
    __asm__ volatile("csrr %0, mtvec" : "=r"(value));
    expect(102, value, 0x1C008001);
    __asm__ volatile("csrr %0, 0x7d1" : "=r"(value));
    expect(103, value, 0);
    expect(104, REG(0x1A104000), 8 << 16 | 1);
}

/* The FC sees the start of L2 at 0. */
static void check_data_view(void) {
    to_l1[0] = 11;
    expect(110, REG((u32)to_l1 & 0xfffff), 11);
    REG(((u32)to_l1 & 0xfffff) + 4) = 120;
    expect(111, to_l1[1], 120);
}

static void check_cluster_from_outside(void) {
    REG(0x10001000) = 0x5a5a;
    expect(120, REG(0x10001000), 0x5a5a);
    expect(121, REG(0x10200008), 0);
    expect(122, REG(0x10200E00 - 0x600), 0); /* event unit, global port: EVT_MASK of core 0 */
    expect(123, REG(0x10202004), 0xff);
}

/* The DMA's port for the fabric controller; its event is line 8 of the interrupt controller. */
static void check_dma(void) {
    install(8, on_dma);
    REG(0x1A109804) = 1 << 8;
    const u32 id = REG(0x10201C00);
    REG(0x10201C00) = 32 | 1 << 17 | 1 << 18 | 1 << 20;
    REG(0x10201C00) = 0x10001100;
    REG(0x10201C00) = (u32)to_l1;
    wait_for(8);
    REG(0x10201C04) = 1u << id;
    expect(130, REG(0x1000111C), 18);
    REG(0x1A109808) = 1 << 8;
}

static void check_soc_events(void) {
    install(26, on_soc_event);
    REG(0x1A109804) = 1 << 26;
    expect(140, REG(0x1A106018), 0xffffffff);
    REG(0x1A106018) = ~(1u << 2); /* FC_MASK5, event 162 */
    REG(0x1A106000) = 1 << 2;
    wait_for(26);
    expect(141, fifo_id, 162);
    REG(0x1A109808) = 1 << 26;
}

static void check_timer(void) {
    install(10, on_timer);
    REG(0x1A109804) = 1 << 10;
    REG(0x1A10B010) = 200;
    REG(0x1A10B000) = 1 | 1 << 1 | 1 << 2;
    wait_for(10);
    REG(0x1A109808) = 1 << 10;
}

static void print_by_uart(const char* text, u32 bytes) {
    REG(0x1A102000) = 1;
    REG(0x1A1020A4) = 3 << 1 | 1 << 8 | 4 << 16;
    REG(0x1A102090) = (u32)text;
    REG(0x1A102094) = bytes;
    REG(0x1A102098) = 1 << 4;
    while ((REG(0x1A102098) & 1 << 4) != 0)
        ;
    while ((REG(0x1A1020A0) & 1) != 0)
        ;
}

static void check_soc(void) {
    REG(0x1A104010) = 0x55; /* pads: storage */
    expect(150, REG(0x1A104010), 0x55);
    REG(0x1A101000) = 1; /* GPIO: ignored */
    expect(151, REG(0x1A101000), 0);
    print_by_uart("by UART\n", 8);
}

void fabric_main(void) {
    check_identity();
    set_fll(0x1A100000, 1526);
    set_fll(0x1A100010, 1526);
    REG(0x1A109808) = 0xffffffff;
    __asm__ volatile("csrsi mstatus, 8");
    print("hello from the fabric controller\n");
    check_data_view();
    check_cluster_from_outside();
    check_dma();
    check_soc_events();
    check_timer();
    check_soc();
    install(1, on_line_1);
    REG(0x1A109804) = 1 << 1;
    set_fll(0x1A100020, 3052); /* twice the clock of the SoC */
    start_cluster();
    while (cluster_running != 0)
        ;
    expect(160, interrupts >> 1 & 1, 1);
    exit_with(cluster_result);
}
