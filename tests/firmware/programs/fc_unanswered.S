/* SPDX-License-Identifier: Apache-2.0: accesses of the fabric controller that nobody answers; ends with 0
 * when the error slave gives what it gives on the chip. */
#include "bare_metal.inc"
  .globl _start
_start:
  li t0, 0x30000000
  lw t1, 0(t0)
  li t2, 0xbadacce5
  li a0, 1
  bne t1, t2, 1f
  sb t1, 3(t0)
  lbu t1, 3(t0)
  li t2, 0xba
  li a0, 2
  bne t1, t2, 1f
  li a0, 0
1:
  li t0, CORE_STATUS
  li t1, 0x80000000
  or a0, a0, t1
  sw a0, 0(t0)
park:
  j park
