/* SPDX-License-Identifier: Apache-2.0: a breakpoint that nobody handles. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  ebreak
park:
  j park
