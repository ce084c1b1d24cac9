/* SPDX-License-Identifier: Apache-2.0
 * Every core sleeps in the event unit; a timer that is far from its compare value keeps the run alive. */
  .equ EVENT_UNIT, 0x10204000
  .equ TIMER, 0x10200400
  .option norelax
  .globl _start
_start:
  li t0, TIMER
  li t1, 1000000000
  sw t1, 0x10(t0)  /* CMP_LO */
  li t1, 5
  sw t1, 0(t0)     /* CFG_LO: counts, and tells its event unit when it gets there */
  li t0, EVENT_UNIT
  li t1, 1
  sw t1, 0(t0)
1:.insn i 0x03, 6, t2, t0, 0x3c  /* p.elw */
  j 1b
