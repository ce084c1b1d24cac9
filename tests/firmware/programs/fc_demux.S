/* SPDX-License-Identifier: Apache-2.0: the fabric controller asks a port that only cores of the cluster have. */
#include "bare_metal.inc"
  .globl _start
_start:
  li t0, EVENT_UNIT
asks_demux:
  lw t1, 0x38(t0)
  j asks_demux
