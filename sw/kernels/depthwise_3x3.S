// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution with kernels of 3 x 3, two channels at a time, along lines of the output.
// A column of inputs, three rows of two channels, becomes two words of bytes, one a channel; a dot
// product with a column of weights makes three products at once. When a column has been read it
// completes the sums of one output, and the next output's sums start with it. Narrow numbers become
// bytes on the way. The same for all three instruction sets.
#define FRAME_BYTES 144
#include "depthwise_3x3.h"

.include "flexv/isa.inc"
#include "requantise.inc"

// Short instructions wherever they do: all code of a line shall fit the private cache, and little
// of it be fetched again for the next pair of channels.
    .option rvc
    .option norelax

// Of the next pair of channels: input, output, weights and scales.
#define FRAME_INPUT FRAME_OWN
#define FRAME_OUTPUT (FRAME_OWN + 4)
#define FRAME_WEIGHTS (FRAME_OWN + 8)
#define FRAME_SCALES (FRAME_OWN + 12)
#define FRAME_PAIRS_LEFT (FRAME_OWN + 16)
#define FRAME_TAPS (FRAME_OWN + 20)     // six words of weights
#define FRAME_LINES (FRAME_OWN + 44)    // the arguments
#define FRAME_RUN (FRAME_OWN + 48)
#define FRAME_RUNS_LEFT (FRAME_OWN + 52)
#define FRAME_LINES_LEFT (FRAME_OWN + 56)
#define FRAME_ROUNDS (FRAME_OWN + 60)
#define FRAME_INPUT_SKIP (FRAME_OWN + 64)
#define FRAME_OUTPUT_SKIP (FRAME_OWN + 68)

// WEIGHT<channel><column>, BIAS<channel>, ...
#define WEIGHT00 s0
#define WEIGHT01 s1
#define WEIGHT02 s2
#define WEIGHT10 s3
#define WEIGHT11 s4
#define WEIGHT12 s5
#define BIAS0 s6
#define BIAS1 s7
#define FACTOR0 s8
#define FACTOR1 s9
#define EVEN s10                        // selector of bytes 0, 2, 4
#define ODD s11                         // of bytes 1, 3, 5; for 2-bit inputs: shift of the pair
#define INPUT a0
#define OUTPUT a1
#define DOWN1 t2
#define DOWN2 t3
#define NEXT t4
#define OUTPUT_STEP t5
#define SHIFT t6                        // for 2-bit outputs: where p.insertr puts those of the pair
#define LOW ra
#define HIGH tp
#define SUM0 t0
#define SUM1 t1
#define COLUMN_A a2, a3                 // of both channels
#define COLUMN_B a4, a5
#define TEMPORARY a6
#define FLAGS a7                        // QUAD_FLAGS

// The next column of inputs.
.macro fetch bits, signed, c0, c1
    .if \bits == 8
    p.lhu.rrpost \c0, DOWN1, INPUT
    p.lhu.rrpost \c1, DOWN2, INPUT
    p.lhu.rrpost TEMPORARY, NEXT, INPUT
    pv.pack.h \c1, \c1, \c0
    mv      \c0, \c1
    pv.shuffle2.b \c0, TEMPORARY, EVEN
    pv.shuffle2.b \c1, TEMPORARY, ODD
    .else
    p.lbu.rrpost \c0, DOWN1, INPUT
    p.lbu.rrpost \c1, DOWN2, INPUT
    p.lbu.rrpost TEMPORARY, NEXT, INPUT
    p.insert \c0, \c1, 7, 8
    p.insert \c0, TEMPORARY, 7, 16
    .if \bits == 4 && !\signed
    pv.srl.sci.b \c1, \c0, 4
    pv.and.sci.b \c0, \c0, 15
    .elseif \bits == 4
    pv.sra.sci.b \c1, \c0, 4
    pv.sll.sci.b \c0, \c0, 4
    pv.sra.sci.b \c0, \c0, 4
    .else
    pv.sll.sc.b \c0, \c0, ODD           // the pair to the top of the byte
    .if \signed
    pv.sra.sci.b \c1, \c0, 6
    pv.sll.sci.b \c0, \c0, 2
    pv.sra.sci.b \c0, \c0, 6
    .else
    pv.srl.sci.b \c1, \c0, 6
    pv.sll.sci.b \c0, \c0, 2
    pv.srl.sci.b \c0, \c0, 6
    .endif
    .endif
    .endif
.endm

.macro dot signed, c0, c1, weight0, weight1
    .if \signed
    pv.sdotsp.b SUM0, \c0, \weight0
    pv.sdotsp.b SUM1, \c1, \weight1
    .else
    pv.sdotusp.b SUM0, \c0, \weight0
    pv.sdotusp.b SUM1, \c1, \weight1
    .endif
.endm

// From both sums to stored results.
.macro finish o_bits
    mul     SUM0, SUM0, FACTOR0
    mul     SUM1, SUM1, FACTOR1
    pv.packh.h SUM0, SUM1, SUM0         // >> 16
    .if \o_bits == 8
    pv.sra.sc.h SUM0, SUM0, SHIFT
    pv.max.sc.h SUM0, SUM0, LOW
    pv.min.sc.h SUM0, SUM0, HIGH
    pv.shuffle.b SUM0, SUM0, EVEN
    p.sh.rrpost SUM0, OUTPUT_STEP, OUTPUT
    .else
    .if \o_bits == 2
    lbu     TEMPORARY, 0(OUTPUT)       // with the other pair
    .endif
    pv.sra.sci.h SUM0, SUM0, 8
    pv.max.sc.h SUM0, SUM0, LOW
    pv.min.sc.h SUM0, SUM0, HIGH
    srli    SUM1, SUM0, 16
    p.insert SUM0, SUM1, \o_bits - 1, \o_bits
    .if \o_bits == 2
    p.insertr TEMPORARY, SUM0, SHIFT
    p.sb.rrpost TEMPORARY, OUTPUT_STEP, OUTPUT
    .else
    p.sb.rrpost SUM0, OUTPUT_STEP, OUTPUT
    .endif
    .endif
.endm


.macro start_sums
    mv      SUM0, BIAS0
    mv      SUM1, BIAS1
.endm

// Stride 1: the sums lack a column, `new`, which completes this output. The next one's sums start
// with the column before it, `mid`.
.macro step_of_stride_1 bits, signed, o_bits, mid0, mid1, new0, new1
    fetch   \bits, \signed, \new0, \new1
    dot     \signed, \new0, \new1, WEIGHT02, WEIGHT12
    finish  \o_bits
    start_sums
    dot     \signed, \mid0, \mid1, WEIGHT00, WEIGHT10
    dot     \signed, \new0, \new1, WEIGHT01, WEIGHT11
.endm
// Stride 2: the sums lack two columns; one of them is also the next output's first.
.macro step_of_stride_2 bits, signed, o_bits, new0, new1
    fetch   \bits, \signed, \new0, \new1
    dot     \signed, \new0, \new1, WEIGHT01, WEIGHT11
    fetch   \bits, \signed, \new0, \new1
    dot     \signed, \new0, \new1, WEIGHT02, WEIGHT12
    finish  \o_bits
    start_sums
    dot     \signed, \new0, \new1, WEIGHT00, WEIGHT10
.endm

// The loop over the outputs of a line, whose first column is in the sums if there is one. With
// stride 1 two outputs a round, because the columns change their places; a line with an odd number
// of outputs enters in the middle.
.macro outputs_of_stride_1 name, bits, signed, o_bits
    fetch   \bits, \signed, COLUMN_A
    dot     \signed, COLUMN_A, WEIGHT01, WEIGHT11
    andi    TEMPORARY, FLAGS, FLAG_ODD
    beqz    TEMPORARY, .Lloop_\name
    mv      a4, a2
    mv      a5, a3
    j       .Lodd_\name
    .balign 4
.Lloop_\name:
    step_of_stride_1 \bits, \signed, \o_bits, COLUMN_A, COLUMN_B
.Lodd_\name:
    step_of_stride_1 \bits, \signed, \o_bits, COLUMN_B, COLUMN_A
.Lbehind_\name:
.endm
.macro outputs_of_stride_2 name, bits, signed, o_bits
    .balign 4
.Lloop_\name:
    step_of_stride_2 \bits, \signed, \o_bits, COLUMN_A
.Lbehind_\name:
.endm

// Three columns of a row of 3 x 3 bytes at a4, to the frame.
.macro load_taps frame
    .irp    column, 0, 1, 2
    lbu     a2, \column(a4)
    lbu     a3, \column + 3(a4)
    lbu     a5, \column + 6(a4)
    p.insert a2, a3, 7, 8
    p.insert a2, a5, 7, 16
    sw      a2, \frame + 4 * \column(sp)
    .endr
.endm

// The next pair: its constants, and where the one after it lies.
.macro load_pair
    lw      a0, FRAME_LINES(sp)
    lw      a4, FRAME_WEIGHTS(sp)
    lw      a6, FRAME_SCALES(sp)
    load_taps FRAME_TAPS
    lw      a2, QUAD_WEIGHT_PITCH(a0)
    lw      BIAS0, 0(a6)
    add     a4, a4, a2
    lw      FACTOR0, 4(a6)
    lw      BIAS1, 8(a6)
    lw      FACTOR1, 12(a6)
    addi    a6, a6, 16
    sw      a6, FRAME_SCALES(sp)
    load_taps FRAME_TAPS + 12
    lw      a2, QUAD_WEIGHT_PITCH(a0)
    lw      OUTPUT, FRAME_OUTPUT(sp)
    lw      a5, QUAD_RUNS(a0)
    add     a4, a4, a2
    sw      a4, FRAME_WEIGHTS(sp)
    sw      a5, FRAME_RUNS_LEFT(sp)
    addi    a2, a0, QUAD_RUN
.endm
.macro next_pair bits, o_bits
    lw      a2, FRAME_INPUT(sp)
    lw      a3, FRAME_OUTPUT(sp)
    .if \bits == 2
    xori    ODD, ODD, 4                 // 4, 0, 4, ...: a byte holds two pairs
    srli    a4, ODD, 2
    add     a2, a2, a4
    .else
    addi    a2, a2, \bits / 4
    .endif
    .if \o_bits == 2
    andi    a4, SHIFT, 4
    srli    a4, a4, 2
    add     a3, a3, a4
    xori    SHIFT, SHIFT, 4
    .else
    addi    a3, a3, \o_bits / 4
    .endif
    sw      a2, FRAME_INPUT(sp)
    sw      a3, FRAME_OUTPUT(sp)
.endm

// What is constant for the lines of the run at a2.
.macro load_run
    lw      INPUT, FRAME_INPUT(sp)
    lw      a3, RUN_OFFSET(a2)
    lw      DOWN1, RUN_DOWN(a2)
    lw      DOWN2, RUN_DOWN + 4(a2)
    lw      NEXT, RUN_NEXT(a2)
    lw      a5, RUN_MASK(a2)
    lw      a4, RUN_LINES(a2)
    add     INPUT, INPUT, a3
    addi    a2, a2, RUN_BYTES
    sw      a2, FRAME_RUN(sp)
    sw      a4, FRAME_LINES_LEFT(sp)
    lw      WEIGHT00, FRAME_TAPS(sp)
    lw      WEIGHT01, FRAME_TAPS + 4(sp)
    lw      WEIGHT02, FRAME_TAPS + 8(sp)
    lw      WEIGHT10, FRAME_TAPS + 12(sp)
    lw      WEIGHT11, FRAME_TAPS + 16(sp)
    lw      WEIGHT12, FRAME_TAPS + 20(sp)
    .irp    weight, WEIGHT00, WEIGHT01, WEIGHT02, WEIGHT10, WEIGHT11, WEIGHT12
    and     \weight, \weight, a5
    .endr
.endm

// What is constant for all lines. a0 struct QuadLines.
.macro load_lines name, bits, o_bits
    lw      a1, QUAD_INPUT(a0)
    lw      a2, QUAD_OUTPUT(a0)
    lw      a3, QUAD_WEIGHTS(a0)
    lw      a4, QUAD_SCALES(a0)
    lw      a5, QUAD_PAIRS(a0)
    lw      a6, QUAD_ROUNDS(a0)
    sw      a1, FRAME_INPUT(sp)
    sw      a2, FRAME_OUTPUT(sp)
    sw      a3, FRAME_WEIGHTS(sp)
    sw      a4, FRAME_SCALES(sp)
    sw      a5, FRAME_PAIRS_LEFT(sp)
    sw      a6, FRAME_ROUNDS(sp)
    lw      a1, QUAD_INPUT_SKIP(a0)
    lw      a2, QUAD_OUTPUT_SKIP(a0)
    lw      OUTPUT_STEP, QUAD_OUTPUT_STEP(a0)
    lw      LOW, QUAD_LOW(a0)
    lw      HIGH, QUAD_HIGH(a0)
    lw      FLAGS, QUAD_FLAGS(a0)
    sw      a0, FRAME_LINES(sp)
    sw      a1, FRAME_INPUT_SKIP(sp)
    sw      a2, FRAME_OUTPUT_SKIP(sp)
    li      EVEN, 0x00040200
    .if \bits == 2
    li      ODD, 4
    .else
    li      ODD, 0x00050301
    .endif
    .if \o_bits == 2
    li      SHIFT, (4 - 1) << 5         // four bits from bit 0 or 4 on
    .else
    lw      SHIFT, QUAD_SHIFT(a0)
    .endif
    lp.starti 0, .Lloop_\name
    lp.endi 0, .Lbehind_\name - 4
.endm

// void name(const struct QuadLines*): pair by pair, run by run, line by line.
.macro kernel name, stride, bits, signed, o_bits
    enter   \name
    load_lines \name, \bits, \o_bits
.Lpair_\name:
    load_pair
.Lrun_\name:
    load_run
.Lline_\name:
    lw      TEMPORARY, FRAME_ROUNDS(sp)
    start_sums
    lp.count 0, TEMPORARY
    bltz    FLAGS, .Lpadded_\name       // the first column is outside the input
    fetch   \bits, \signed, COLUMN_A
    dot     \signed, COLUMN_A, WEIGHT00, WEIGHT10
.Lpadded_\name:
    outputs_of_stride_\stride \name, \bits, \signed, \o_bits

    andi    TEMPORARY, FLAGS, FLAG_PAD_RIGHT
    beqz    TEMPORARY, .Lend_of_line_\name
    .if \stride == 2
    fetch   \bits, \signed, COLUMN_A
    dot     \signed, COLUMN_A, WEIGHT01, WEIGHT11
    .endif
    finish  \o_bits
.Lend_of_line_\name:
    lw      a4, FRAME_LINES_LEFT(sp)
    lw      a2, FRAME_INPUT_SKIP(sp)
    lw      a3, FRAME_OUTPUT_SKIP(sp)
    addi    a4, a4, -1
    add     INPUT, INPUT, a2
    add     OUTPUT, OUTPUT, a3
    sw      a4, FRAME_LINES_LEFT(sp)
    bnez    a4, .Lline_\name

    lw      a4, FRAME_RUNS_LEFT(sp)
    lw      a2, FRAME_RUN(sp)
    addi    a4, a4, -1
    sw      a4, FRAME_RUNS_LEFT(sp)
    bnez    a4, .Lrun_\name

    next_pair \bits, \o_bits
    lw      a4, FRAME_PAIRS_LEFT(sp)
    addi    a4, a4, -1
    sw      a4, FRAME_PAIRS_LEFT(sp)
    bnez    a4, .Lpair_\name
    leave   \name
.endm

// depthwise_3x3_<stride>_<sign and width of activations>_<width of results>
.macro kernels stride
    .irp    o_bits, 8, 4, 2
    kernel  depthwise_3x3_\stride\()_u8_\o_bits, \stride, 8, 0, \o_bits
    kernel  depthwise_3x3_\stride\()_s8_\o_bits, \stride, 8, 1, \o_bits
    kernel  depthwise_3x3_\stride\()_u4_\o_bits, \stride, 4, 0, \o_bits
    kernel  depthwise_3x3_\stride\()_s4_\o_bits, \stride, 4, 1, \o_bits
    kernel  depthwise_3x3_\stride\()_u2_\o_bits, \stride, 2, 0, \o_bits
    kernel  depthwise_3x3_\stride\()_s2_\o_bits, \stride, 2, 1, \o_bits
    .endr
.endm
    kernels 1
    kernels 2
