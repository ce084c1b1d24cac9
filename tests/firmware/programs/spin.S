/* SPDX-License-Identifier: Apache-2.0: never ends. */
  .globl _start
_start:
  addi t0, t0, 1
  j _start
