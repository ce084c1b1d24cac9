/* SPDX-License-Identifier: Apache-2.0: ends with 42 through the cluster control unit. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  li a0, 42
  END_WITH_A0
