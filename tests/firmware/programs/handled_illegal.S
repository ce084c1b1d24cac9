/* SPDX-License-Identifier: Apache-2.0: a handler skips two visits of one illegal instruction; ends with 7. */
#include "bare_metal.inc"
  .section .vectors, "ax"
  .option norvc
  j handler
  .text
  .globl _start
_start:
  ONLY_CORE_0
  li a0, 5
  li s0, 2
1:
  .word 0xffffffff
  addi s0, s0, -1
  bnez s0, 1b
  END_WITH_A0
handler:
  addi a0, a0, 1
  csrr t0, mepc
  addi t0, t0, 4
  csrw mepc, t0
  mret
