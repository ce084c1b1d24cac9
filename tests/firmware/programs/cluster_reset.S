/* SPDX-License-Identifier: Apache-2.0: the fabric controller has a fresh cluster measure something, then interrupts it in the
 * middle of that work by a reset through SoC control, again and again, each time a little later, and has it measured
 * anew. Ends with 0; 1: a core was not off behind the reset, 2: a measurement differs from that of the fresh cluster,
 * 3: a register of the cluster has kept its value, 4: the TCDM has lost its contents. */
#include "bare_metal.inc"
  .equ SOC_CONTROL, 0x1a104000
  .equ CLUSTER_CTRL, 0x70
  .equ TIMER, 0x10200400
  .equ TCDM, 0x10000000
  .equ DMA, 0x10204400
  .equ RESULTS, 0x1c010000           /* a word per core: its time */
  .equ FRESH, 0x1c010020
  .equ DONE, 0x1c010040
  .equ KEPT, 0x10003000

  .globl _start
_start:
  csrr s7, mhartid
  li s0, EVENT_UNIT
  li s1, 8
  bltu s7, s1, core

fabric:
  li s0, SOC_CONTROL
  li s1, CLUSTER_CONTROL
  li s2, RESULTS
  jal start_cluster
  jal wait_for_cluster
  li t0, FRESH
  li t2, 8
  mv t1, s2
1:lw t3, 0(t1)
  sw t3, 0(t0)
  addi t0, t0, 4
  addi t1, t1, 4
  addi t2, t2, -1
  bnez t2, 1b
  li s3, 8                           /* resets; each comes later than the one before */
  li s4, 20
again:
  jal reset_cluster
  jal start_cluster
  mv t0, s4
2:addi t0, t0, -1
  bnez t0, 2b
  jal reset_cluster
  lw t0, 8(s1)                       /* FETCH_EN */
  li a0, 1
  bnez t0, end
  li t1, TIMER
  lw t0, 0x10(t1)
  li a0, 3
  bnez t0, end
  li t1, KEPT
  lw t0, 0(t1)
  li a0, 4
  li t2, 0x5eed
  bne t0, t2, end
  jal start_cluster
  jal wait_for_cluster
  li t0, FRESH
  mv t1, s2
  li t2, 8
  li a0, 2
3:lw t3, 0(t1)
  lw t4, 0(t0)
  beqz t3, end
  bne t3, t4, end
  sw zero, 0(t1)
  addi t0, t0, 4
  addi t1, t1, 4
  addi t2, t2, -1
  bnez t2, 3b
  addi s4, s4, 57
  addi s3, s3, -1
  bnez s3, again
  li a0, 0
end:
  li t0, 1 << 31
  or a0, a0, t0
  sw a0, 0xa0(s0)
4:j 4b

reset_cluster:
  li t0, 1                           /* RESETN = 0 */
  sw t0, CLUSTER_CTRL(s0)
  lw t0, CLUSTER_CTRL(s0)
  li t0, 9
  sw t0, CLUSTER_CTRL(s0)
  lw t0, CLUSTER_CTRL(s0)
  ret

start_cluster:
  li t0, DONE
  sw zero, 0(t0)
  li t0, KEPT
  li t1, 0x5eed
  sw t1, 0(t0)
  li t0, 8
  la t1, _start
  addi t2, s1, 0x40
1:sw t1, 0(t2)
  addi t2, t2, 4
  addi t0, t0, -1
  bnez t0, 1b
  li t0, 0xff
  sw t0, 8(s1)
  ret

/* Reads rarely, so that the cluster's own accesses to L2 are not in its way. */
wait_for_cluster:
  li t0, DONE
1:li t1, 100
2:addi t1, t1, -1
  bnez t1, 2b
  lw t1, 0(t0)
  beqz t1, 1b
  ret

core:
  li s1, TCDM
  li s2, DMA
  li t0, 3 << 16 | 1 << 8
  sw t0, 0x00(s0)
  li s4, 0xff
  bnez s7, 1f
  li t0, TIMER
  li t1, 100000
  sw t1, 0x10(t0)
  li t1, 3                           /* clear, enable */
  sw t1, 0(t0)
1:SET_BARRIER_UP
  P_ELW t1, 0x21c, s0
  li s3, 6
round:
  li t0, 20
2:lw t1, 0x400(s1)
  mul t1, t1, t0
  sw t1, 0x400(s1)
  addi t0, t0, -1
  bnez t0, 2b
  li t0, 4
  bge s7, t0, meet
  COPY_ASLEEP TCDM + 0x1000, 512
meet:
  P_ELW t1, 0x21c, s0
  addi s3, s3, -1
  bnez s3, round
  li t0, TIMER
  lw t1, 0x08(t0)
  li t0, RESULTS
  slli t2, s7, 2
  add t0, t0, t2
  sw t1, 0(t0)
  P_ELW t1, 0x21c, s0
  bnez s7, park
  li t0, DONE
  li t1, 1
  sw t1, 0(t0)
park:
  P_ELW t1, 0x3c, s0
  j park
