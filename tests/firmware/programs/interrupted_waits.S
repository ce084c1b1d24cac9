/* SPDX-License-Identifier: Apache-2.0: every sleeping read of core 0 is interrupted by a timer at every phase of its wait,
 * while core 1 completes it after a fixed time. Ends with 0, or with the number of the form that went wrong:
 * a wait that ended before core 1 let it go, a wrong value, an interrupt that was lost or taken twice, a side effect
 * that was lost or made twice, or no phase in which the interrupt met the waiting read. */
#include "bare_metal.inc"
  .equ TIMER, 0x10200400
  .equ TCDM, 0x10000000
  .equ PHASES, 130
  .equ LINE, 3                       /* software event that ends the event waits */

/* s0 event unit, s1 shared words: +0 go, +4 flag, +8 done, +12 the round whose mutex core 1 holds;
 * s2 timer, s3 phase, s4 form, s5 interrupts, s6 mepc of the
 * last one, s7 interrupted reads, s8 token */
  .section .vectors, "ax"
  .option norvc
  .rept 10
  j failed
  .endr
  csrr s6, mepc                      /* timer LO; the next vector is never used */
  addi s5, s5, 1
  mret

  .text
  .globl _start
_start:
  csrr t0, mhartid
  li s0, EVENT_UNIT
  li s1, TCDM
  li s2, TIMER
  li s3, 1
  li s4, 1
  li s7, 0
  li s8, 0
  beqz t0, core_0
  li t1, 1
  beq t0, t1, core_1
park_other:
  j park_other

/* Core 0 offers a round, waits in `read` and checks what came. */
.macro FORM offset, lines, software, needs_owner=0
1:
  addi s8, s8, 1
  .if \needs_owner
2:lw t0, 12(s1)
  bne t0, s8, 2b                     /* core 1 has the mutex */
  .endif
  sw x0, 0x00(s2)
  sw s3, 0x10(s2)
  li t0, -1
  sw t0, 0x28(s0)
  li t0, \lines
  sw t0, 0x00(s0)
  li t0, 1 << 10
  sw t0, 0x0c(s0)
  li t0, \software
  sw t0, 0x2c(s0)
  li s5, 0
  sw s8, 0(s1)
  li t0, 0x27                        /* one shot, interrupt, clear, enable */
  sw t0, 0x00(s2)
  csrsi mstatus, 8
2:P_ELW a0, \offset, s0
  csrci mstatus, 8
  lw t0, 4(s1)
  bne t0, s8, failed                 /* core 1 has not let it go */
  csrsi mstatus, 8
  li t1, 200
3:addi t1, t1, -1
  beqz t1, failed                    /* no interrupt */
  beqz s5, 3b
  csrci mstatus, 8
  li t0, 1
  bne s5, t0, failed
  la t0, 2b
  bne s6, t0, 4f
  addi s7, s7, 1
4:
.endm

.macro NEXT
  sw s8, 8(s1)
  addi s3, s3, 1
  li t0, PHASES
  blt s3, t0, 1b
  li t0, 20
  blt s7, t0, failed                 /* hardly any phase met the read */
  li s3, 1
  li s7, 0
  addi s4, s4, 1
.endm

.macro EXPECT value
  li t0, \value
  bne a0, t0, failed
.endm

core_0:
  FORM 0x38, 1 << LINE, 0
  EXPECT 1 << LINE
  lw t0, 0x1c(s0)
  beqz t0, failed                    /* the form without clear keeps the buffer */
  NEXT
  FORM 0x3c, 1 << LINE, 0
  EXPECT 1 << LINE
  lw t0, 0x1c(s0)
  bnez t0, failed
  NEXT
  FORM 0x14c, 1 << LINE, 2
  EXPECT 1 << LINE
  NEXT
  FORM 0x18c, 1 << LINE, 2
  EXPECT 1 << LINE
  NEXT
  li t0, 3
  sw t0, 0x200(s0)
  sw t0, 0x20c(s0)
  FORM 0x218, 1 << 16, 0
  EXPECT 1 << 16
  lw t0, 0x204(s0)
  bnez t0, failed                    /* arrived twice */
  NEXT
  FORM 0x21c, 1 << 16, 0
  EXPECT 1 << 16
  lw t0, 0x204(s0)
  bnez t0, failed
  NEXT
  FORM 0x0c0, 1 << 17, 0, 1
  bne a0, s8, failed
  sw s8, 0xc0(s0)
  NEXT
  FORM 0x080, 1 << 18, 0
  bne a0, s8, failed
  NEXT

/* wfi has no wait that could be replayed: it ends, whatever mstatus says, and the interrupt follows. */
1:
  addi s8, s8, 1
  li s5, 0
  sw x0, 0x00(s2)
  sw s3, 0x10(s2)
  li t0, 0x27
  sw t0, 0x00(s2)
  wfi
  bnez s5, failed
  csrsi mstatus, 8
  nop
  csrci mstatus, 8
  li t0, 1
  bne s5, t0, failed
  addi s3, s3, 1
  li t0, PHASES
  blt s3, t0, 1b
  li a0, 0
  j end
failed:
  mv a0, s4
end:
  END_WITH_A0

/* Core 1: waits for a round, a while, and completes the read of core 0. */
.macro ROUND
1:
  addi s8, s8, 1
2:lw t0, 0(s1)
  bne t0, s8, 2b
.endm
.macro LET_GO
  li t0, 30
3:addi t0, t0, -1
  bnez t0, 3b
  sw s8, 4(s1)
.endm
.macro DONE
4:lw t0, 8(s1)
  bne t0, s8, 4b
  addi s3, s3, 1
  li t0, PHASES
  blt s3, t0, 1b
  li s3, 1
  addi s4, s4, 1
.endm

core_1:
  .rept 2
  ROUND
  LET_GO
  li t0, 1
  sw t0, 0x100 + 4 * LINE(s0)
  DONE
  .endr
  .rept 2
  li t0, 1 << LINE
  sw t0, 0(s0)
  ROUND
  P_ELW t1, 0x3c, s0                 /* what core 0 triggers when its read begins */
  LET_GO
  li t0, 1
  sw t0, 0x100 + 4 * LINE(s0)
5:lw t0, 8(s1)
  bne t0, s8, 5b
  lw t0, 0x1c(s0)
  andi t0, t0, 1 << LINE
  bnez t0, failed                    /* triggered twice */
  DONE
  .endr
  .rept 2
  li t0, 1 << 16
  sw t0, 0(s0)
  ROUND
  LET_GO
  P_ELW t1, 0x21c, s0
  DONE
  .endr
  li t0, 1 << 17
  sw t0, 0(s0)
1:
  P_ELW t1, 0xc0, s0                 /* held before the round begins */
  addi s8, s8, 1
  sw s8, 12(s1)
2:lw t0, 0(s1)
  bne t0, s8, 2b
  LET_GO
  sw s8, 0xc0(s0)
  DONE
  li t0, 1
  sw t0, 0x84(s0)
  ROUND
  LET_GO
  sw s8, 0x80(s0)
  DONE
park_1:
  j park_1
