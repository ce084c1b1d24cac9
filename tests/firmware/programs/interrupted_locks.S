/* SPDX-License-Identifier: Apache-2.0: 1040 locks and 130 barriers of eight cores, all of which are interrupted all the time by
 * a timer and by one another. Ends with 0; 1: two cores held the mutex together, 2: an increment was lost, 3: a core left
 * the barrier early, 4: hardly any interrupt. */
#include "bare_metal.inc"
  .equ TIMER, 0x10200400
  .equ TCDM, 0x10000000
  .equ ROUNDS, 130
  .equ INSIDE, 0                     /* words from TCDM on: a core is inside, the sum, then a word per core: its round */
  .equ SUM, 4
  .equ ROUND, 64
  .equ COUNT, 128                    /* a word per core: its interrupts */

  COUNT_INTERRUPTS

  .globl _start
_start:
  csrr s7, mhartid
  li s0, EVENT_UNIT
  li s1, TCDM
  li s5, 0
  li s3, ROUNDS
  slli s6, s7, 2
  add s6, s6, s1
  li t0, 3 << 16
  sw t0, 0x00(s0)
  li t0, (1 << 10) | (1 << 2)
  sw t0, 0x0c(s0)
  li s4, 0xff
  SET_BARRIER_UP
  P_ELW t1, 0x21c, s0
  bnez s7, 2f
  li t0, TIMER
  li t1, 37
  sw t1, 0x10(t0)
  li t1, 0x17                        /* clear on match, interrupt, clear, enable */
  sw t1, 0(t0)
2:csrsi mstatus, 8
  addi t0, s7, 1                     /* the next core is interrupted, too */
  andi t0, t0, 7
  li s8, 1
  sll s8, s8, t0

round:
  sw s8, 0x108(s0)
  P_ELW a1, 0xc0, s0                 /* lock */
  lw t0, INSIDE(s1)
  bnez t0, clash
  sw s0, INSIDE(s1)
  lw t1, SUM(s1)
  addi t1, t1, 1
  nop
  sw t1, SUM(s1)
  lw t0, INSIDE(s1)
  bne t0, s0, clash
  sw x0, INSIDE(s1)
  sw t1, 0xc0(s0)                    /* unlock */
  sw s3, ROUND(s6)
  P_ELW a1, 0x21c, s0
  li t0, 8
  addi t1, s1, ROUND
3:lw t2, 0(t1)                       /* nobody is in a round before this one */
  bgtu t2, s3, early
  addi t1, t1, 4
  addi t0, t0, -1
  bnez t0, 3b
  addi s3, s3, -1
  bnez s3, round

  csrci mstatus, 8
  sw s5, COUNT(s6)
  P_ELW a1, 0x21c, s0
  bnez s7, parked
  lw t0, SUM(s1)
  li t1, 8 * ROUNDS
  li a0, 2
  bne t0, t1, end
  li a0, 4
  li t0, 8
  addi t1, s1, COUNT
4:lw t2, 0(t1)
  li t3, ROUNDS
  bltu t2, t3, end
  addi t1, t1, 4
  addi t0, t0, -1
  bnez t0, 4b
  li a0, 0
  j end
clash:
  li a0, 1
  j end
early:
  li a0, 3
end:
  END_WITH_A0
parked:
  j parked
