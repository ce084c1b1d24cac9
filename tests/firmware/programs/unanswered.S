/* SPDX-License-Identifier: Apache-2.0: accesses that nobody answers. Ends with 0 when the error slaves give
 * what they give on the chips, else with the number of the step. */
#include "bare_metal.inc"
  .equ DMA, 0x10204400
  .macro EXPECT register, value, step
  li a0, \step
  li t2, \value
  bne \register, t2, end
  .endm
  .globl _start
_start:
  ONLY_CORE_0
  li s0, 0x30000000
again:
  lw t1, 0(s0)
  EXPECT t1, 0xbadacce5, 1
  lhu t1, 2(s0)
  EXPECT t1, 0xbada, 2
  lbu t1, 1(s0)
  EXPECT t1, 0xcc, 3
  lw t1, 2(s0) /* two requests */
  EXPECT t1, 0xcce5bada, 4
  sw t1, 0(s0)
  bnez s1, 1f
  li s1, 1
  j again
1:
  li s0, 0x10203000 /* no peripheral of the cluster is there */
  lw t1, 0(s0)
  EXPECT t1, 0xbadcab7e, 5
  li t0, DMA
  lw s1, 0(t0)
  li t2, 16 | 1 << 17 | 1 << 18
  sw t2, 0(t0)
  li t2, 0x10001000
  sw t2, 0(t0)
  li t2, 0x30000000
  sw t2, 0(t0)
2:
  lw t1, 4(t0)
  andi t1, t1, 0xff
  bnez t1, 2b
  li t0, 0x10001000
  lw t1, 12(t0)
  EXPECT t1, 0xbadacce5, 6
  li a0, 7
  la t0, at_error
  la s1, fetched
  li t1, 0x50000000
  jr t1 /* 0xcce5 is c.beqz s1, 0xbada illegal */
fetched:
  j end
at_error:
  csrr t0, mtval
  li a0, 0
end:
  END_WITH_A0

  .section .vectors, "ax"
  j at_error
