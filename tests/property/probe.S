/* SPDX-License-Identifier: Apache-2.0
 * Loads a word from the address that the test writes over `address`, then ends with 0. One core. */
  .equ CLUSTER_CONTROL, 0x10200000
  .option norelax
  .globl _start
_start:
  la t0, address
  lw t0, 0(t0)
  lw t1, 0(t0)
  li t0, CLUSTER_CONTROL
  li t1, 1
  sw zero, 0x100(t0)
  sw t1, 0(t0)
park:
  j park
  .balign 4
address:
  .word 0xfeedc0de
