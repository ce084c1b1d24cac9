/* SPDX-License-Identifier: Apache-2.0: core 0 fills 64 bytes of the external memory with stores, and the DMA brings in 4096 bytes
 * from there. Ends with the number of words that differ. */
#include "bare_metal.inc"
  .equ DMA, 0x10204400
  .equ EXTERNAL, 0x80000000
  .equ TCDM, 0x10001000
  .globl _start
_start:
  ONLY_CORE_0
  li t0, EXTERNAL
  li t1, 16
  li t2, 0x01234567
1:
  sw t2, 0(t0)
  addi t0, t0, 4
  add t2, t2, t2
  addi t1, t1, -1
  bnez t1, 1b
  li t0, DMA
  lw t1, 0(t0)
  li t2, 4096 | 1 << 17 | 1 << 18
  sw t2, 0(t0)
  li t2, TCDM
  sw t2, 0(t0)
  li t2, EXTERNAL
  sw t2, 0(t0)
  li t2, 1
  sll t2, t2, t1
1:
  lw t3, 4(t0)
  and t3, t3, t2
  bnez t3, 1b
  sw t2, 4(t0)
  li a0, 0
  li t0, TCDM
  li t1, 16
  li t2, 0x01234567
1:
  lw t3, 0(t0)
  sub t3, t3, t2
  snez t3, t3
  add a0, a0, t3
  addi t0, t0, 4
  add t2, t2, t2
  addi t1, t1, -1
  bnez t1, 1b
  END_WITH_A0
