/* SPDX-License-Identifier: Apache-2.0: the fabric controller's handler of illegal instructions is an empty function, as in the
 * public runtime, so it returns to whatever ra holds. Ends with 5. */
#include "bare_metal.inc"
  .section .vectors, "ax"
  .option norvc
  j empty
  .text
  .globl _start
_start:
  la ra, astray
runs_into_it:
  .word 0xffffffff
park:
  j park
empty:
  ret
astray:
  li t0, CORE_STATUS
  li t1, 0x80000000 + 5
  sw t1, 0(t0)
  j park
