/* SPDX-License-Identifier: Apache-2.0: prints to both stdout devices, the last line without its end. */
#include "bare_metal.inc"
  .globl _start
.macro PRINT device, text
  li t0, \device
  la t1, \text
1:lbu t2, 0(t1)
  beqz t2, 2f
  sw t2, 0(t0)
  addi t1, t1, 1
  j 1b
2:
.endm
_start:
  ONLY_CORE_0
  PRINT 0x1a10f000, soc
  PRINT 0x40000000, bench
  PRINT 0x1a10f000, unfinished
  li a0, 0
  END_WITH_A0
soc: .string "from the SoC\n"
bench: .string "from the test bench\n"
unfinished: .string "unfinished"
