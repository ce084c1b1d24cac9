/* SPDX-License-Identifier: Apache-2.0: every core waits for an event that nobody sends. */
#include "bare_metal.inc"
  .globl _start
_start:
  call sleeps_for_ever
  .type sleeps_for_ever, @function
sleeps_for_ever:
  li t0, EVENT_UNIT
  li t1, 1
  sw t1, 0(t0)
1:P_ELW t2, 0x3c, t0
  j 1b
  .size sleeps_for_ever, . - sleeps_for_ever
