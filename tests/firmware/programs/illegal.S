/* SPDX-License-Identifier: Apache-2.0: an illegal instruction, and vectors that nobody filled. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  call fails_here
park:
  j park
  .type fails_here, @function
fails_here:
  nop
  .word 0xffffffff
  ret
  .size fails_here, . - fails_here
