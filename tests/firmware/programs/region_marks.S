/* SPDX-License-Identifier: Apache-2.0: marks of regions that do not fit together: begun twice, ended without a
 * begin, never ended. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  slti x0, x0, 1
  slti x0, x0, 1
  sltiu x0, x0, 1
  sltiu x0, x0, 2
  slti x0, x0, 3
  li a0, 0
  END_WITH_A0
