// SPDX-License-Identifier: Apache-2.0
// Trap vectors and the way of every core from reset to main(). Pure assembly, because no core has a
// stack yet; what can be C is in start.c.
#include "cluster_control.h"
#include "event_unit.h"

.include "flexv/isa.inc"

    .option norvc
    .option norelax

// mtvec is wired to the boot address & ~0xFF: exceptions enter slot 0, interrupt n enters slot n.
// A slot without a handler of the application ends in slot 0, which then is a jump to itself: the
// platform takes that for "nobody handles this" and reports the fault.
    .section .vectors, "ax", @progbits
    .balign 256
    .globl  __irq_vector_base
__irq_vector_base:
    j       flexv_exception_handler
    .rept   31
    j       flexv_interrupt_handler
    .endr
    .weak   flexv_exception_handler
    .weak   flexv_interrupt_handler
    .set    flexv_exception_handler, __irq_vector_base
    .set    flexv_interrupt_handler, __irq_vector_base

    .globl  _start                      // vector base + 0x80
_start:
    .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, \
               24, 25, 26, 27, 28, 29, 30, 31
    li      x\n, 0
    .endr
    la      gp, __global_pointer$
    csrr    s0, mhartid
    srli    t0, s0, 5
    li      t1, FLEXV_FABRIC_CLUSTER
    beq     t0, t1, fabric_start
    andi    s0, s0, 15                  // s0 = core number

    li      s1, EVENT_UNIT
    li      t0, EVENT_UNIT_DEFAULT_MASK
    sw      t0, EVENT_UNIT_EVT_MASK(s1)
    bnez    s0, join_team
    la      sp, __boot_stack_end        // in L2; the TCDM's size is not known yet
#ifdef FLEXV_CLUSTERS
    csrr    t0, mhartid                 // << 5: cluster
    slli    t0, t0, 4
    sub     sp, sp, t0                  // 512 bytes a cluster
#endif
    call    flexv_prepare_team

// Everybody waits here until core 0 has prepared memory and programmed the barrier.
join_team:
    p.elw   t0, EVENT_UNIT_BARRIER_WAIT_CLEAR, s1
    la      t0, flexv_team
    lw      t1, 0(t0)                   // flexv_team.stacks_end
    lw      t2, 4(t0)                   // flexv_team.stack_bytes
    mul     t2, t2, s0
    sub     sp, t1, t2
#ifdef FLEXV_THREAD_LOCAL
    call    make_thread_locals
#endif
    call    main

// The run ends when all cores have returned; core 0's result is the exit code.
    p.elw   t0, EVENT_UNIT_BARRIER_WAIT_CLEAR, s1
    beqz    s0, end_run
    sw      zero, EVENT_UNIT_EVT_MASK(s1)
sleep_forever:
    p.elw   t0, EVENT_UNIT_WAIT_CLEAR, s1
    j       sleep_forever
end_run:
#ifdef FLEXV_CLUSTERS
    tail    flexv_end_cluster
#else
    tail    exit
#endif

// A fabric controller (boot style P) only releases the cluster's cores; they do all the rest.
fabric_start:
    li      t0, HMR_BASE + HMR_CORES_EN
    lw      t1, 0(t0)
    li      t0, CLUSTER_CTRL_BASE       // of the first cluster
    la      t2, _start
    addi    t3, t0, CLUSTER_CONTROL_BOOT_ADDR
    mv      t4, t1
1:  sw      t2, 0(t3)
    addi    t3, t3, 4
    srli    t4, t4, 1
    bnez    t4, 1b
    sw      t1, CLUSTER_CONTROL_FETCH_EN(t0)
    j       flexv_fabric_idle

// What it does then; an application may define something else (no stack).
    .weak   flexv_fabric_idle
flexv_fabric_idle:
    wfi
    j       flexv_fabric_idle

    .section .boot_stack, "aw", @nobits
    .balign 16
#ifdef FLEXV_CLUSTERS
    .skip   512 * MAX_CLUSTERS
#else
    .skip   512
#endif
__boot_stack_end:

#ifdef FLEXV_THREAD_LOCAL
// Thread-local objects of each core lie above its stack: a copy of .tdata, then zeros. The linker
// counts them from tp.
    .section .text.thread_locals, "ax", @progbits
    .globl  flexv_thread_local          // says to the link script that they are cared for
    .set    flexv_thread_local, 1
make_thread_locals:
    lui     t0, %hi(__tls_bytes)
    addi    t0, t0, %lo(__tls_bytes)
    sub     sp, sp, t0
    mv      tp, sp
    add     t0, t0, tp
    lui     t1, %hi(__tdata_start)
    addi    t1, t1, %lo(__tdata_start)
    lui     t2, %hi(__tdata_bytes)
    addi    t2, t2, %lo(__tdata_bytes)
    add     t2, t2, tp
    mv      t3, tp
1:  bgeu    t3, t2, 2f
    lbu     t4, 0(t1)
    sb      t4, 0(t3)
    addi    t1, t1, 1
    addi    t3, t3, 1
    j       1b
2:  bgeu    t3, t0, 3f
    sb      zero, 0(t3)
    addi    t3, t3, 1
    j       2b
3:  ret
#endif
