/* SPDX-License-Identifier: Apache-2.0: ends with 300 through the SoC control register. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  li t0, CORE_STATUS
  li t1, 0x80000000 + 300
  sw t1, 0(t0)
park:
  j park
