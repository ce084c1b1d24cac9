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

  .section .vectors, "ax"
  .option norvc
  .rept 31
  j handler
  .endr

  .text
handler:
  addi s5, s5, 1
  mret

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
  bnez s7, 1f
  sw s4, 0x200(s0)
  sw s4, 0x20c(s0)
1:lw t0, 0x200(s0)
  beqz t0, 1b
  lw t0, 0x20c(s0)
  beqz t0, 1b
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
  lw t1, 0(s2)
  li t2, BYTES | 1 << 17 | 1 << 18 | 1 << 20
  sw t2, 0(s2)
  slli t2, s7, 10
  li t3, TCDM + 0x2000
  add t2, t2, t3
  sw t2, 0(s2)
  li t2, 0x1c000000
  sw t2, 0(s2)
  li t2, 1
  sll t2, t2, t1
4:lw t3, 4(s2)
  and t3, t3, t2
  beqz t3, 5f
  P_ELW t4, 0x3c, s0
  j 4b
5:sw t2, 4(s2)
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
