/* SPDX-License-Identifier: Apache-2.0: a demux slot where the hardware would never answer. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  li t0, 0x10204800
  lw t1, 0(t0)
park:
  j park
