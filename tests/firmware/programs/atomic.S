/* SPDX-License-Identifier: Apache-2.0: an atomic instruction, which the core has not. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  .word 0x00b5252f
park:
  j park
