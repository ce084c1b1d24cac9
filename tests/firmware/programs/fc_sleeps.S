/* SPDX-License-Identifier: Apache-2.0: the fabric controller starts core 0, which waits for a software event, and waits
 * for an interrupt that nobody raises. */
#include "bare_metal.inc"
  .globl _start
_start:
  csrr t0, mhartid
  beqz t0, core
  li t0, CLUSTER_CONTROL
  la t1, _start
  sw t1, 0x40(t0)
  li t1, 1
  sw t1, 8(t0)
fabric_sleeps:
  wfi
  j fabric_sleeps
core:
  li t0, EVENT_UNIT
  li t1, 8
  sw t1, 0(t0)
core_sleeps:
  P_ELW t2, 0x3c, t0
  j core_sleeps
