/* SPDX-License-Identifier: Apache-2.0: core 7 does not come to the barrier, but waits for an event. */
#include "bare_metal.inc"
  .globl _start
_start:
  csrr t3, mhartid
  li t0, EVENT_UNIT
  li t1, 0x10000
  sw t1, 0(t0)
  li t1, 0xff
  sw t1, 0x200(t0)
  sw t1, 0x20c(t0)
  li t1, 7
  beq t3, t1, 1f
  P_ELW t2, 0x21c, t0
1:P_ELW t2, 0x3c, t0
  j 1b
