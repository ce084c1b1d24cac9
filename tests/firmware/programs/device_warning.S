/* SPDX-License-Identifier: Apache-2.0: a device has something to say long after the start of the run. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  li t0, 1000
1:
  addi t0, t0, -1
  bnez t0, 1b
  call stops_clock
  li t0, 5000
1:
  addi t0, t0, -1
  bnez t0, 1b
  li a0, 0
  END_WITH_A0
  .type stops_clock, @function
stops_clock:
  li t0, 0x1a100020
  li t1, 0x80000000 /* multiplier 0 */
  sw t1, 4(t0)
  li t0, 0x10201000 /* the accelerator's slot, tied off */
  lw t1, 0(t0)
  li t0, 0x1a101000 /* a placeholder */
  lw t1, 0(t0)
  ret
  .size stops_clock, . - stops_clock
