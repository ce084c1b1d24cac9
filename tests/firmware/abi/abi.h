/* SPDX-License-Identifier: Apache-2.0
 * Access to registers by address, and the check of one step. */
#ifndef ABI_H
#define ABI_H

typedef unsigned int u32;

#define REG(address) (*(volatile u32*)(address))

static inline u32 hartid(void) {
    u32 value;
    __asm__ volatile("csrr %0, 0xf14" : "=r"(value));
    return value;
}
static inline u32 core_id(void) { return hartid() & 0x1f; }
static inline u32 is_fabric_controller(void) { return hartid() >> 5 == 31; }

/* A load that sleeps: p.elw. */
static inline u32 event_load(u32 address) {
    u32 value;
    __asm__ volatile(".insn i 0x03, 6, %0, %1, 0" : "=&r"(value) : "r"(address) : "memory");
    return value;
}

void print(const char* text);
void exit_with(u32 status) __attribute__((noreturn));
/* Ends the run with status `step` unless `value` is `wanted`. */
void expect(u32 step, u32 value, u32 wanted);

/* What all cores of the cluster run; core 0's result counts. */
u32 cluster_main(void);
void fabric_main(void) __attribute__((noreturn));

extern volatile u32 cluster_running;
extern u32 cluster_result;
extern char* cluster_stacks;
void start_cluster(void);

#endif
