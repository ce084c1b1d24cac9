/* SPDX-License-Identifier: Apache-2.0: each core stores into the page that all execute. */
#include "bare_metal.inc"
  .globl _start
_start:
  la t2, words
  csrr t0, mhartid
  slli t0, t0, 2
  add t2, t2, t0
  li t3, 20
1:
  sw t3, 0(t2)
  addi t3, t3, -1
  bnez t3, 1b
  ONLY_CORE_0
  lw a0, 0(t2)
  addi a0, a0, 8
  END_WITH_A0
  .balign 4
words:
  .skip 64
