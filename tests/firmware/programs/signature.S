/* SPDX-License-Identifier: Apache-2.0: three words between the signature symbols. */
#include "bare_metal.inc"
  .globl _start, begin_signature, end_signature
_start:
  ONLY_CORE_0
  la t0, begin_signature
  li t1, 1
  sw t1, 4(t0)
  li t1, -1
  sw t1, 8(t0)
  li a0, 0
  END_WITH_A0
  .balign 4
begin_signature:
  .word 0xcafef00d, 0, 0
end_signature:
