/* SPDX-License-Identifier: Apache-2.0
 * Runs a batch of random programs and hands out what they leave between begin_signature and end_signature:
 * as a Linux process on standard output (QEMU), or, with ON_FLEXV, by ending the run for --signature. */
#ifdef ON_FLEXV
#include "../firmware/programs/bare_metal.inc"
#endif
  .text
  .globl _start, programs_done
_start:
  j run_programs
programs_done:
#ifdef ON_FLEXV
  li a0, 0
  END_WITH_A0
#else
  li a0, 1
  la a1, begin_signature
  la a2, end_signature
  sub a2, a2, a1
  li a7, 64 /* write */
  ecall
  li a0, 0
  li a7, 93 /* exit */
  ecall
#endif
