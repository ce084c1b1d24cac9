/* SPDX-License-Identifier: Apache-2.0: loads from an address that nothing serves. */
#include "bare_metal.inc"
  .globl _start
_start:
  ONLY_CORE_0
  call loads_from_nowhere
park:
  j park
  .type loads_from_nowhere, @function
loads_from_nowhere:
  li t0, 0x30000000
  lw t1, 16(t0)
  ret
  .size loads_from_nowhere, . - loads_from_nowhere
