/* SPDX-License-Identifier: Apache-2.0: stores just below L2. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  li t0, 0x1c000000
  sh t0, -2(t0)
park:
  j park
