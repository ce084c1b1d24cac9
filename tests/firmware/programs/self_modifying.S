/* SPDX-License-Identifier: Apache-2.0: runs an instruction in L2, rewrites it and runs it again: 1 + 32. */
#include "bare_metal.inc"
  .option norvc
  .globl _start
_start:
  ONLY_CORE_0
  li a0, 0
  call patched
  la t0, patched
  la t1, other
  lw t2, 0(t1)
  sw t2, 0(t0)
  fence.i
  call patched
  END_WITH_A0
patched:
  addi a0, a0, 1
  ret
other:
  addi a0, a0, 32
