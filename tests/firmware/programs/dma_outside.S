/* SPDX-License-Identifier: Apache-2.0: transfers whose TCDM side lies outside of the TCDM, or goes on behind
 * its end. */
#include "bare_metal.inc"
  .equ DMA, 0x10204400
  .macro TRANSFER tcdm, bytes, lines=0, stride=0
  lw t1, 0(t0)
  li t2, \bytes | 1 << 17 | 1 << 18 | (\lines != 0) * -(1 << 23) /* true is -1 */
  sw t2, 0(t0)
  li t2, \tcdm
  sw t2, 0(t0)
  li t2, 0x1c000000
  sw t2, 0(t0)
  .if \lines
  li t2, \lines
  sw t2, 0(t0)
  li t2, \stride
  sw t2, 0(t0)
  .endif
  li t2, 1
  sll t2, t2, t1
1:
  lw t3, 4(t0)
  and t3, t3, t2
  bnez t3, 1b
  sw t2, 4(t0)
  .endm
  .globl _start
_start:
  ONLY_CORE_0
  li t0, DMA
  TRANSFER 0x10001000, 64 /* as it should be */
  TRANSFER 0x00001000, 64 /* through the alias */
outside:
  TRANSFER 0x1c010000, 64
behind:
  TRANSFER 0x1001fff0, 64
lines:
  TRANSFER 0x10010000, 64, 16, 0x10000
  li a0, 0
  END_WITH_A0
