/* SPDX-License-Identifier: Apache-2.0: ends with -1. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  li a0, -1
  END_WITH_A0
