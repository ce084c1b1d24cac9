/* SPDX-License-Identifier: Apache-2.0
 * From reset to C in both boot styles: docs/spec/firmware_abi.md, sections 3 and 4. */
  .option norelax

  .section .vectors, "ax"
  .option push
  .option norvc
  j illegal_instruction
  .rept 31
  mret
  .endr
  .globl _start
_start:                                 # vector base + 0x80
  .irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
  lui x\n, 0
  .endr
  j pos_init_entry
  .option pop

  .text
pos_init_entry:
  csrr t0, 0xf14
  andi t1, t0, 0x1f
#ifdef STYLE_P
  srli t0, t0, 5
  li t2, 31
  bne t0, t2, pe_start
  call clear_bss
  la sp, stack
  j fabric_main
#else
  li t3, 0x1003fff0                     # beyond the memory: the TCDM wraps
  sw x0, 0(t3)
  andi t2, t0, 0xf
  beqz t2, 2f
1:lw t4, 0(t3)
  beqz t4, 1b
  j pe_start
2:call clear_bss
  la sp, stack
  call start_cluster
  li t3, 0x1003fff0
  li t4, 1
  sw t4, 0(t3)
  csrr t0, 0xf14
  andi t1, t0, 0x1f
  j pe_start
#endif

clear_bss:
  la t4, _bss_start
  la t5, _bss_end
1:bgeu t4, t5, 2f
  sw x0, 0(t4)
  addi t4, t4, 4
  j 1b
2:ret

pe_start:                               # t1 = core
#ifndef STYLE_P
  li t2, 0x10202100                     # HMR: stack pointer to recover from
  slli t3, t1, 4
  add t2, t2, t3
  lw t2, 8(t2)
  bnez t2, recover
#endif
  la t2, cluster_stacks
  lw t2, 0(t2)
  addi t1, t1, 1
  slli t1, t1, 11
  add sp, t2, t1
  j cluster_entry_stub
recover:
  li a0, 98
  j exit_with
