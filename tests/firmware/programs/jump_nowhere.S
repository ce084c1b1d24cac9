/* SPDX-License-Identifier: Apache-2.0: jumps to an address without memory. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  li t0, 0x50000000
  jr t0
park:
  j park
