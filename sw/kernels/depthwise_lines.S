// SPDX-License-Identifier: Apache-2.0
// Lines of a depthwise convolution of one channel with a kernel of any size that fits the
// registers: all its weights stay there, and a word of inputs, four neighbours of a row wherever
// it begins, is loaded for each of them. The code is one sequence for the largest kernel; the
// hardware loop of smaller ones starts further behind. The same for all three instruction sets.
#define FRAME_BYTES 96
#include "depthwise_lines.h"

.include "flexv/isa.inc"
#include "requantise.inc"

    .option norelax

#define FRAME_SKIPS FRAME_OWN
#define FRAME_LINES_LEFT (FRAME_OWN + 8)
#define FRAME_OUTPUTS (FRAME_OWN + 12)

#define INPUT a0
#define OUTPUT a1
#define STEP0 a2
#define STEP1 a3
#define NEXT a4
#define OUTPUT_STEP a5
#define BIAS a6
#define FACTOR a7
#define SHIFT t0
#define LOW t1
#define HIGH t2
#define ENTRY t3
#define SUM t4
#define X0 t5
#define X1 t6

#define CSR_LPSTART0 0x7C0

.macro pair dot, weight0, weight1
    p.lw.rrpost X0, STEP0, INPUT
    p.lw.rrpost X1, STEP1, INPUT
    \dot    SUM, X0, \weight0
    \dot    SUM, X1, \weight1
.endm

// void name(const struct ChannelLines*)
.macro kernel name, dot
    enter   \name
    .option push
    .option norvc
    lw      t5, LINES_PAIRS(a0)
    lw      t4, LINES_WEIGHTS(a0)
    li      t6, LINES_MAX_PAIRS
    sub     t6, t6, t5                  // pairs that are left out
    slli    t5, t6, 3
    sub     t4, t4, t5                  // the last words are this kernel's
    slli    t6, t6, 4
    la      ENTRY, .Lpairs_\name
    add     ENTRY, ENTRY, t6
    lw      s0, 0(t4)
    lw      s1, 4(t4)
    lw      s2, 8(t4)
    lw      s3, 12(t4)
    lw      s4, 16(t4)
    lw      s5, 20(t4)
    lw      s6, 24(t4)
    lw      s7, 28(t4)
    lw      s8, 32(t4)
    lw      s9, 36(t4)
    lw      s10, 40(t4)
    lw      s11, 44(t4)
    lw      ra, 48(t4)
    lw      tp, 52(t4)
    lw      t5, LINES_INPUT_SKIP(a0)
    lw      t6, LINES_OUTPUT_SKIP(a0)
    sw      t5, FRAME_SKIPS(sp)
    sw      t6, FRAME_SKIPS + 4(sp)
    lw      t5, LINES_COUNT(a0)
    lw      t6, LINES_OUTPUTS(a0)
    sw      t5, FRAME_LINES_LEFT(sp)
    sw      t6, FRAME_OUTPUTS(sp)
    lw      SHIFT, LINES_SHIFT(a0)
    lw      LOW, LINES_LOW(a0)
    lw      HIGH, LINES_HIGH(a0)
    lw      FACTOR, LINES_FACTOR(a0)
    lw      BIAS, LINES_BIAS(a0)
    lw      OUTPUT_STEP, LINES_OUTPUT_STEP(a0)
    lw      NEXT, LINES_NEXT(a0)
    lw      STEP0, LINES_STEP(a0)
    lw      STEP1, LINES_STEP + 4(a0)
    lw      OUTPUT, LINES_OUTPUT(a0)
    lw      INPUT, LINES_INPUT(a0)
    csrw    CSR_LPSTART0, ENTRY
    lp.endi 0, .Lbehind_\name - 4
.Lline_\name:
    lw      X0, FRAME_OUTPUTS(sp)
    lp.count 0, X0
    mv      SUM, BIAS
    jr      ENTRY
    .balign 4
.Lpairs_\name:
    pair    \dot, s0, s1
    pair    \dot, s2, s3
    pair    \dot, s4, s5
    pair    \dot, s6, s7
    pair    \dot, s8, s9
    pair    \dot, s10, s11
    pair    \dot, ra, tp
    mul     SUM, SUM, FACTOR
    add     INPUT, INPUT, NEXT
    sra     SUM, SUM, SHIFT
    p.max   SUM, SUM, LOW
    p.min   SUM, SUM, HIGH
    p.sb.rrpost SUM, OUTPUT_STEP, OUTPUT
    mv      SUM, BIAS
.Lbehind_\name:
    lw      X0, FRAME_LINES_LEFT(sp)
    lw      X1, FRAME_SKIPS(sp)
    lw      SUM, FRAME_SKIPS + 4(sp)
    addi    X0, X0, -1
    add     INPUT, INPUT, X1
    add     OUTPUT, OUTPUT, SUM
    sw      X0, FRAME_LINES_LEFT(sp)
    bnez    X0, .Lline_\name
    .option pop
    leave   \name
.endm

    kernel  depthwise_lines_u8, pv.sdotusp.b
    kernel  depthwise_lines_s8, pv.sdotsp.b
