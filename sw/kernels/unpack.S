// SPDX-License-Identifier: Apache-2.0
// Blocks of 2 pixels x 4 channels for cores whose SIMD ends at 8 bits (Xpulpv2): operands below a
// byte are unpacked in the inner loop. A step takes a word of the narrower operand, `groups` = 1, 2
// or 4 registers of four bytes; group g holds elements g, g + groups, g + 2 * groups, g + 3 *
// groups, the order in which shifts and masks unpack the narrower operand.
#include "flexv/csr.h"
#include "rows.h"

.include "flexv/isa.inc"
#define SPARE s6
#include "requantise.inc"

.macro restore_spare bits
.endm

    .option norvc                       // loop ends are counted in 32-bit instructions
    .option norelax

#define FRAME_ROWS FRAME_OWN
#define FRAME_MATMUL (FRAME_OWN + 4)
#define FRAME_LEFT (FRAME_OWN + 8)
#define FRAME_WEIGHTS (FRAME_OWN + 12)  // of the next block
#define FRAME_SCALES (FRAME_OWN + 16)
#define FRAME_OUTPUT (FRAME_OWN + 20)
#define FRAME_PIXELS (FRAME_OWN + 24)   // activations of the first pixel
#define FRAME_ROW_OUTPUT (FRAME_OWN + 28)
#define FRAME_SPARE (FRAME_OWN + 32)

// s0, s1: activations of pixels 0 and 1, unpacked in s6..s9 and t0..t3
// s10, s11, t4, t5: weights of channels 0..3, unpacked one after the other in a0..a3
// a4..a7, s2..s5: the sums of pixels 0 and 1
// ra, tp: selectors of even and odd bytes   t6: free
#define EVEN_BYTES 0x06040200
#define ODD_BYTES 0x07050301

// Bytes 0, 2 of both words to lo, bytes 1, 3 to `odd`; hi becomes free.
.macro split lo, hi, odd
    mv      \odd, \lo
    pv.shuffle2.b \lo, \hi, ra
    pv.shuffle2.b \odd, \hi, tp
.endm

// Field `index` of each byte, `bits` wide, as a byte. 
.macro field bits, signed, index, to, from
    .if \signed
    .if \bits * (\index + 1) < 8
    pv.sll.sci.b \to, \from, 8 - \bits * (\index + 1)
    pv.sra.sci.b \to, \to, 8 - \bits
    .else
    pv.sra.sci.b \to, \from, 8 - \bits
    .endif
    .elseif \index == 0
    pv.and.sci.b \to, \from, (1 << \bits) - 1
    .else
    pv.srl.sci.b \to, \from, \bits * \index
    .if \bits * (\index + 1) < 8
    pv.and.sci.b \to, \to, (1 << \bits) - 1
    .endif
    .endif
.endm
.macro fields4 signed, from, g0, g1
    field 4, \signed, 0, \g0, \from
    field 4, \signed, 1, \g1, \from
.endm
.macro fields2 signed, from, g0, g1, g2, g3
    field 2, \signed, 0, \g0, \from
    field 2, \signed, 1, \g1, \from
    field 2, \signed, 2, \g2, \from
    field 2, \signed, 3, \g3, \from
.endm

// `groups` registers g0.. from the next words of a row; `free` is used. `bits` is the row's width.
.macro load_groups bits, groups, signed, pointer, g0, g1, g2, g3, free
    .if \bits == 8
    p.lw.post \g0, 4, \pointer
    .if \groups == 2
    p.lw.post \free, 4, \pointer
    split_pair \g0, \free, \g1
    .elseif \groups == 4
    p.lw.post \g1, 4, \pointer
    p.lw.post \g2, 4, \pointer
    p.lw.post \g3, 4, \pointer
    transpose \g0, \g1, \g2, \g3, \free
    .endif
    .elseif \bits == 4
    p.lw.post \free, 4, \pointer
    .if \groups == 2
    fields4 \signed, \free, \g0, \g1
    .else
    p.lw.post \g3, 4, \pointer
    fields4 \signed, \free, \g0, \g1
    fields4 \signed, \g3, \g2, \g3
    deinterleave \g0, \g1, \g2, \g3, \free
    .endif
    .else
    p.lw.post \free, 4, \pointer
    fields2 \signed, \free, \g0, \g1, \g2, \g3
    .endif
.endm
.macro split_pair g0, hi, g1
    split \g0, \hi, \g1
.endm
// g0..g3: four words of bytes; they become the columns of that 4 x 4 matrix.
.macro transpose g0, g1, g2, g3, free
    split \g0, \g1, \free               // even g0, odd free
    split \g2, \g3, \g1                 // even g2, odd g1
    split \g0, \g2, \g3                 // columns 0: g0, 2: g3
    split \free, \g1, \g2               // columns 1: free, 3: g2
    mv      \g1, \free
    mv      \free, \g2
    mv      \g2, \g3
    mv      \g3, \free
.endm
// g0, g1: even and odd elements of the first eight, g2, g3 of the second eight.
.macro deinterleave g0, g1, g2, g3, free
    split \g0, \g2, \free               // 0: g0, 2: free
    mv      \g2, \free
    split \g1, \g3, \free               // 1: g1, 3: free
    mv      \g3, \free
.endm

.macro dot s, sum, activations, weights
    .if \s
    pv.sdotsp.b \sum, \activations, \weights
    .else
    pv.sdotusp.b \sum, \activations, \weights
    .endif
.endm
.macro dot_groups s, groups, sum0, sum1
    dot \s, \sum0, s6, a0
    dot \s, \sum1, t0, a0
    .if \groups > 1
    dot \s, \sum0, s7, a1
    dot \s, \sum1, t1, a1
    .endif
    .if \groups > 2
    dot \s, \sum0, s8, a2
    dot \s, \sum1, t2, a2
    dot \s, \sum0, s9, a3
    dot \s, \sum1, t3, a3
    .endif
.endm
.macro channel s, groups, weight_bits, pointer, sum0, sum1
    load_groups \weight_bits, \groups, 1, \pointer, a0, a1, a2, a3, t6
    dot_groups \s, \groups, \sum0, \sum1
.endm

.macro step s, a_bits, w_bits, groups
    .if \groups == 1
    p.lw.post s6, 4, s0
    p.lw.post t0, 4, s1
    p.lw.post a0, 4, s10
    p.lw.post a1, 4, s11
    p.lw.post a2, 4, t4
    p.lw.post a3, 4, t5
    dot \s, a4, s6, a0
    dot \s, a5, s6, a1
    dot \s, a6, s6, a2
    dot \s, a7, s6, a3
    dot \s, s2, t0, a0
    dot \s, s3, t0, a1
    dot \s, s4, t0, a2
    dot \s, s5, t0, a3
    .else
    load_groups \a_bits, \groups, \s, s0, s6, s7, s8, s9, t6
    load_groups \a_bits, \groups, \s, s1, t0, t1, t2, t3, t6
    channel \s, \groups, \w_bits, s10, a4, s2
    channel \s, \groups, \w_bits, s11, a5, s3
    channel \s, \groups, \w_bits, t4, a6, s4
    channel \s, \groups, \w_bits, t5, a7, s5
    .endif
.endm

// void name(const struct Rows*, const struct Matmul*)
.macro kernel name, a_bits, w_bits, groups, s, bits, result_signed
    enter \name
    lw      t0, ROWS_COUNT(a0)
    lw      t1, ROWS_ACTIVATIONS(a0)
    lw      t2, ROWS_OUTPUT(a0)
    sw      a0, FRAME_ROWS(sp)
    sw      a1, FRAME_MATMUL(sp)
    sw      t0, FRAME_LEFT(sp)
    sw      t1, FRAME_PIXELS(sp)
    sw      t2, FRAME_ROW_OUTPUT(sp)

.Lrow_\@:
    lw      a0, FRAME_ROWS(sp)
    lw      t2, FRAME_ROW_OUTPUT(sp)
    lw      t0, ROWS_WEIGHTS(a0)
    lw      t1, ROWS_SCALES(a0)
    lw      a3, ROWS_BLOCKS(a0)
    addi    t1, t1, 28
    sw      t0, FRAME_WEIGHTS(sp)
    sw      t1, FRAME_SCALES(sp)
    sw      t2, FRAME_OUTPUT(sp)

    lp.setup 1, a3, .Llast_of_block_\@
    lw      a1, FRAME_MATMUL(sp)
    lw      s0, FRAME_PIXELS(sp)
    lw      a0, MATMUL_ACTIVATION_PITCH(a1)
    lw      a1, MATMUL_WEIGHT_PITCH(a1)
    lw      t0, FRAME_WEIGHTS(sp)
    lw      s10, FRAME_SCALES(sp)
    add     s1, s0, a0
    .if \bits != 32 && !IS_BIAS_IN_PRODUCT
    load_biases a4, a5, a6, a7
    .endif
    mv      s10, t0
    add     s11, s10, a1
    add     t4, s11, a1
    add     t5, t4, a1
    add     t0, t5, a1
    sw      t0, FRAME_WEIGHTS(sp)
    lw      a2, FRAME_ROWS(sp)
    .if \bits == 32
    lw      t0, FRAME_OUTPUT(sp)
    lw      t1, ROWS_START(a2)
    lw      a1, FRAME_MATMUL(sp)
    add     t0, t0, t1
    lw      t1, MATMUL_OUTPUT_PITCH(a1)
    sums_4x2 lw, t0, t1, a4, s2, a5, s3, a6, s4, a7, s5
    lw      a2, ROWS_STEPS(a2)
    .elseif IS_BIAS_IN_PRODUCT
    clear_sums a4, a5, a6, a7, s2, s3, s4, s5
    lw      a2, ROWS_STEPS(a2)
    .else
    copy a4, s2
    copy a5, s3
    lw      a2, ROWS_STEPS(a2)
    copy a6, s4
    copy a7, s5
    .endif
    li      ra, EVEN_BYTES
    li      tp, ODD_BYTES
    lp.setup 0, a2, .Llast_of_step_\@
    step \s, \a_bits, \w_bits, \groups
.set .Llast_of_step_\@, . - 4

    lw      a0, FRAME_ROWS(sp)
    lw      a1, FRAME_MATMUL(sp)
    lw      s10, FRAME_SCALES(sp)
    lw      s11, FRAME_OUTPUT(sp)
    lw      a3, MATMUL_OUTPUT_PITCH(a1)
    load_constants \bits, 1
    requantise_4x2 \bits, \result_signed, 1, a4, s2, a5, s3, a6, s4, a7, s5
    sw      s10, FRAME_SCALES(sp)
.Llast_of_block_\@:
    sw      s11, FRAME_OUTPUT(sp)

    lw      t3, FRAME_LEFT(sp)
    lw      a1, FRAME_MATMUL(sp)
    lw      t1, FRAME_PIXELS(sp)
    lw      t2, FRAME_ROW_OUTPUT(sp)
    lw      t0, MATMUL_ACTIVATION_PITCH(a1)
    addi    t3, t3, -1
    slli    a3, a3, 1
    slli    t0, t0, 1
    add     t1, t1, t0
    add     t2, t2, a3
    sw      t3, FRAME_LEFT(sp)
    sw      t1, FRAME_PIXELS(sp)
    sw      t2, FRAME_ROW_OUTPUT(sp)
    bnez    t3, .Lrow_\@
    leave \name
.endm

// unpack_a<bits>w<bits>_...
    instances kernel, unpack_a8w8, 8, 8, 1
    instances kernel, unpack_a8w4, 8, 4, 2
    instances kernel, unpack_a8w2, 8, 2, 4
    instances kernel, unpack_a4w8, 4, 8, 2
    instances kernel, unpack_a4w4, 4, 4, 2
    instances kernel, unpack_a4w2, 4, 2, 4
    instances kernel, unpack_a2w8, 2, 8, 4
    instances kernel, unpack_a2w4, 2, 4, 4
    instances kernel, unpack_a2w2, 2, 2, 4
