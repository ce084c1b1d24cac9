/* SPDX-License-Identifier: Apache-2.0: drives an accelerator that this cluster has not: RedMulE, where some
 * clusters have it. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  li t0, 0x10201c00
  sw x0, 0x14(t0) /* soft clear */
1:
  lw t1, 4(t0) /* acquire */
  bltz t1, 1b
  sw x0, 0x40(t0) /* first register of the job */
park:
  j park
