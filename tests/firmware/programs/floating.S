/* SPDX-License-Identifier: Apache-2.0: a floating-point instruction, which the core has not. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  .word 0x00b50553
park:
  j park
