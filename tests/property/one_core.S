/* SPDX-License-Identifier: Apache-2.0
 * Core 0 works on the TCDM and ends with 0; every other core sleeps in the event unit. */
  .equ CLUSTER_CONTROL, 0x10200000
  .equ EVENT_UNIT, 0x10204000
  .equ TCDM, 0x10000000
  .option norelax
  .globl _start
_start:
  csrr t0, mhartid
  bnez t0, sleep
  slti x0, x0, 1   /* begin of region 1 */
  li t0, TCDM
  li t1, 3000
1:lw t2, 0(t0)
  addi t2, t2, 1
  sw t2, 0(t0)
  addi t1, t1, -1
  bnez t1, 1b
  sltiu x0, x0, 1  /* end of region 1 */
  li t0, CLUSTER_CONTROL
  li t1, 1
  sw zero, 0x100(t0)
  sw t1, 0(t0)
park:
  j park
sleep:
  li t0, EVENT_UNIT
  li t1, 1
  sw t1, 0(t0)
1:.insn i 0x03, 6, t2, t0, 0x3c  /* p.elw */
  j 1b
