/* SPDX-License-Identifier: Apache-2.0: one instruction of each ISA subset; ends with the number of those
 * that were illegal. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  li s0, 0
  .insn r 0x33, 0, 2, a0, a1, x0        /* xpulpv2: p.abs a0, a1 */
  .insn r 0x77, 1, 0x70, a0, x0, x0     /* xpulpnn: pv.mlsdotup.b a0, x0, 0 */
  csrwi 0x010, 0                        /* status mode */
  csrwi 0x00d, 2
  nop
  .insn r 0x77, 7, 0x70, a0, x0, x0     /* flexv: pv.mlsdotup.v, whatever funct3 says; no legacy format 7 */
  mv a0, s0
  END_WITH_A0

  .section .vectors, "ax"
  addi s0, s0, 1
  csrr t0, mepc
  addi t0, t0, 4
  csrw mepc, t0
  mret
