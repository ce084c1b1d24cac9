/* SPDX-License-Identifier: Apache-2.0: everything at once, for resets in its midst: twelve rounds in which seven cores
 * compute on contended banks, four of them move data by DMA and sleep until it has come, all meet at a barrier, and a
 * timer interrupts them. Core 7 only computes, and its interrupt stays pending. Writes before it reads, so it can be
 * started again. */
#include "bare_metal.inc"
  .equ TIMER, 0x10200400
  .equ TCDM, 0x10000000
  .equ DMA, 0x10204400
  .equ ROUNDS, 12
  .equ BYTES, 512

  COUNT_INTERRUPTS

  .globl _start
_start:
  csrr s7, mhartid
  li s0, EVENT_UNIT
  li s1, TCDM
  li s2, DMA
  li s3, ROUNDS
  li s5, 0
  slli s6, s7, 2
  add s6, s6, s1
  sw zero, 0(s6)
  sw zero, 0x400(s1)
  li t0, 3 << 16 | 1 << 8
  sw t0, 0x00(s0)
  li t0, 1 << 10
  sw t0, 0x0c(s0)
  li s4, 0x7f
  SET_BARRIER_UP
  li t0, 7
  beq s7, t0, alone
  P_ELW t1, 0x21c, s0
  bnez s7, 2f
  li t0, TIMER
  li t1, 300
  sw t1, 0x10(t0)
  li t1, 0x17                        /* clear on match, interrupt, clear, enable */
  sw t1, 0(t0)
2:csrsi mstatus, 8

round:
  li t0, 20                          /* own word, and one that all want */
3:lw t1, 0(s6)
  lw t2, 0x400(s1)
  add t1, t1, t2
  addi t1, t1, 3
  sw t1, 0(s6)
  addi t0, t0, -1
  bnez t0, 3b
  li t0, 4
  bge s7, t0, meet
  COPY_ASLEEP TCDM + 0x2000, BYTES
meet:
  P_ELW t1, 0x21c, s0
  addi s3, s3, -1
  bnez s3, round
  bnez s7, park
  li a0, 0
  END_WITH_A0

alone:
  lw t1, 0x400(s1)
  addi t1, t1, 1
  sw t1, 0x1c(s1)
  j alone
