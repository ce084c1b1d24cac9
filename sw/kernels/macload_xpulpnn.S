// SPDX-License-Identifier: Apache-2.0
// Blocks of 4 pixels x 4 channels with the Mac&Load of XpulpNN: operands of equal width, which the
// instruction names, and an address register for each row. 16 products in 17 instructions.
#include "flexv/csr.h"
#include "rows.h"

.include "flexv/isa.inc"
#define SPARE t5
#include "requantise.inc"

.macro restore_spare bits
.endm

    .option norvc                       // loop ends are counted in 32-bit instructions
    .option norelax

#define FRAME_ROWS FRAME_OWN
#define FRAME_LEFT (FRAME_OWN + 4)
#define FRAME_OUTPUT (FRAME_OWN + 8)
#define FRAME_STEPS (FRAME_OWN + 12)
#define FRAME_PIXEL_PITCH (FRAME_OWN + 16)
#define FRAME_CHANNEL_PITCH (FRAME_OWN + 20)
#define FRAME_OUTPUT_PITCH (FRAME_OWN + 24)
#define LOAD_A 8
#define LOAD_W 16

// `width` is b, n or c.
.macro mac width, signed, sum, weight, activation, load=0, pointer=zero
    .if \signed
    pv.mlsdotsp.\width \sum, \pointer, (\load + 2 * \weight + \activation)
    .else
    pv.mlsdotsup.\width \sum, \pointer, (\load + 2 * \weight + \activation)
    .endif
.endm

// Four products of a pixel; the last one refills the activation register with the pixel at
// `pointer`.
.macro pixel width, s, activation, pointer, s0, s1, s2, s3
    mac \width, \s, \s0, 0, \activation
    mac \width, \s, \s1, 1, \activation
    mac \width, \s, \s2, 2, \activation
    mac \width, \s, \s3, 3, \activation, LOAD_A, \pointer
.endm

// void name(const struct Rows*, const struct Matmul*)
//
// a0..a3: the pixels   ra, tp, t4, t5: the channels
// s0, s1: activations, weights of the next block
.macro kernel name, width, s, bits, result_signed
    enter \name
    lw      t0, ROWS_COUNT(a0)
    lw      t1, ROWS_STEPS(a0)
    lw      t2, MATMUL_ACTIVATION_PITCH(a1)
    lw      t3, MATMUL_WEIGHT_PITCH(a1)
    lw      t4, MATMUL_OUTPUT_PITCH(a1)
    lw      s0, ROWS_ACTIVATIONS(a0)
    lw      s11, ROWS_OUTPUT(a0)
    sw      a0, FRAME_ROWS(sp)
    sw      t0, FRAME_LEFT(sp)
    sw      t1, FRAME_STEPS(sp)
    sw      t2, FRAME_PIXEL_PITCH(sp)
    sw      t3, FRAME_CHANNEL_PITCH(sp)
    sw      t4, FRAME_OUTPUT_PITCH(sp)

.Lrow_\@:
    lw      a0, FRAME_ROWS(sp)
    sw      s11, FRAME_OUTPUT(sp)
    lw      s1, ROWS_WEIGHTS(a0)
    lw      s10, ROWS_SCALES(a0)
    lw      a3, ROWS_BLOCKS(a0)
    addi    s10, s10, 28

    lp.starti 0, .Lstep_\@
    lp.endi 0, .Llast_of_step_\@
    lp.setup 1, a3, .Llast_of_block_\@
    lw      t1, FRAME_PIXEL_PITCH(sp)
    lw      t2, FRAME_CHANNEL_PITCH(sp)
    lw      t3, FRAME_STEPS(sp)
    mv      a0, s0
    add     a1, s0, t1
    add     a2, a1, t1
    add     a3, a2, t1
    mv      ra, s1
    add     tp, s1, t2
    add     t4, tp, t2
    add     t5, t4, t2
    add     s1, t5, t2
    lp.count 0, t3
    .if \bits == 32
    lw      t6, FRAME_ROWS(sp)
    lw      s10, ROWS_START(t6)
    lw      t6, FRAME_OUTPUT_PITCH(sp)
    add     s10, s10, s11
    sums_4x4 lw, s10, t6, a4, s2, s6, t0, a5, s3, s7, t1, a6, s4, s8, t2, a7, s5, s9, t3
    .elseif !IS_BIAS_IN_PRODUCT
    load_biases a4, a5, a6, a7
    .endif
    mac \width, \s, zero, 0, 0, LOAD_W, ra
    mac \width, \s, zero, 1, 0, LOAD_W, tp
    mac \width, \s, zero, 2, 0, LOAD_W, t4
    mac \width, \s, zero, 3, 0, LOAD_W, t5
    mac \width, \s, zero, 0, 0, LOAD_A, a0
    mac \width, \s, zero, 0, 1, LOAD_A, a1
    .if IS_BIAS_IN_PRODUCT && \bits != 32
    clear_sums a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, t0, t1, t2, t3
    .elseif \bits != 32
    copy a4, s2, s6, t0
    copy a5, s3, s7, t1
    copy a6, s4, s8, t2
    copy a7, s5, s9, t3
    .endif

.Lstep_\@:
    pixel \width, \s, 0, a2, a4, a5, a6, a7
    pixel \width, \s, 1, a3, s2, s3, s4, s5
    pixel \width, \s, 0, a0, s6, s7, s8, s9
    mac \width, \s, t0, 0, 1, LOAD_W, ra
    mac \width, \s, t1, 1, 1, LOAD_W, tp
    mac \width, \s, t2, 2, 1, LOAD_W, t4
    mac \width, \s, t3, 3, 1, LOAD_W, t5
.Llast_of_step_\@:
    mac \width, \s, zero, 3, 1, LOAD_A, a1

    .if \bits == 8
    lw      a0, FRAME_ROWS(sp)
    .endif
    lw      a3, FRAME_OUTPUT_PITCH(sp)
    load_constants \bits, 1
    requantise_4x4 \bits, \result_signed, 1, a4, s2, s6, t0, a5, s3, s7, t1, \
                   a6, s4, s8, t2, a7, s5, s9, t3
.set .Llast_of_block_\@, . - 4

    lw      t2, FRAME_LEFT(sp)
    lw      t0, FRAME_PIXEL_PITCH(sp)
    lw      s11, FRAME_OUTPUT(sp)
    addi    t2, t2, -1
    slli    t1, a3, 2
    slli    t0, t0, 2
    add     s0, s0, t0
    add     s11, s11, t1
    sw      t2, FRAME_LEFT(sp)
    bnez    t2, .Lrow_\@
    leave \name
.endm

    instances kernel, legacy_b, b
    instances kernel, legacy_n, n
    instances kernel, legacy_c, c
