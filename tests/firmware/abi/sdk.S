/* SPDX-License-Identifier: Apache-2.0
 * What differs in SDK images (docs/spec/firmware_abi.md section 8): the fabric controller reads its tiny data at address 4, copies
 * the L1 image, opens the cluster and wakes the master through the global port; the master tells the end by the
 * interrupt controller. Ends with 21. */
  .option norelax

  .section .data_tiny_fc, "aw"
tiny:
  .word 20
  .section .data, "aw"
  .word 0
  .section .data_l1, "aw"
l1_value:
  .word 0x600d
result:
  .word 0

  .section .vectors, "ax"
  .option norvc
  .rept 32
  mret
  .endr
  .globl _start
_start:
  csrw 0xcc1, x0                        # PCMR off
  csrr t0, 0xf14
  li t1, 0x3e0
  bne t0, t1, cluster_core
  la t2, _start
  li t3, 0x1c008001
  csrw mtvec, t3
  li t0, 0x10200000
  li t1, 1
  sw t1, 0x20(t0)                       # clock gating
  la t2, _l1_preload                    # L1 preload
  la t3, _l1_start
  la t4, _l1_end
1:lw t5, 0(t2)
  sw t5, 0(t3)
  addi t2, t2, 4
  addi t3, t3, 4
  bltu t3, t4, 1b
  li t1, -1
  li t2, 0x10201400
  sw t1, 0(t2)
  la t2, _start
  sw t2, 0x40(t0)
  li t1, 1
  sw t1, 8(t0)                          # core 0 is the master
  li t1, 200                            # it waits for line 1 by now
1:addi t1, t1, -1
  bnez t1, 1b
  li t0, 0x10200e04
  li t1, 1
  sw t1, 0(t0)
  li t0, 0x1a109800
1:lw t1, 0x0c(t0)                       # STATUS, bit 1: the task is over
  andi t1, t1, 2
  beqz t1, 1b
  la t0, result
  lw a0, 0(t0)
  lw t1, 4(x0)                          # tiny data at 4
  add a0, a0, t1
  li t0, 0x80000000
  or a0, a0, t0
  li t0, 0x1a1040a0
  sw a0, 0(t0)
1:wfi
  j 1b

cluster_core:
  li t0, 0x00204000
  li t1, 2
  sw t1, 8(t0)                          # EVT_MASK_OR: line 1
  .insn i 0x03, 6, t2, t0, 0x3c         # p.elw: wait and clear
  la t3, l1_value
  lw t3, 0(t3)
  li t4, 0x600d
  bne t3, t4, 2f
  la t3, result
  li t4, 1
  sw t4, 0(t3)
2:li t0, 0x1a109810
  li t1, 2
  sw t1, 0(t0)
  li t0, 0x00204000
  li t1, -1
  sw t1, 4(t0)
3:.insn i 0x03, 6, t2, t0, 0x38
  j 3b
