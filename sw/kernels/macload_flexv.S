// SPDX-License-Identifier: Apache-2.0
// Blocks of 4 pixels x 4 channels with Mac&Load whose formats and addresses come from CSRs. A word of
// the narrow operand meets `ratio` words of the wide one: 16 * ratio products in 16 * ratio + 1
// instructions, all of which refill an operand register on the side.
#include "flexv/csr.h"
#include "rows.h"

.include "flexv/isa.inc"
#include "requantise.inc"

    .option norvc                       // loop ends are counted in 32-bit instructions
    .option norelax

#define FRAME_ROWS FRAME_OWN
#define FRAME_LEFT (FRAME_OWN + 4)
#define FRAME_OUTPUT (FRAME_OWN + 8)
#define FRAME_STEP (FRAME_OWN + 12)     // bytes of 4 rows of activations

// The wide operand streams through the activation registers a0 and a1, four rows in turn; the narrow
// one lies in the weight registers w0..w3, a row each. Where weights are wider than activations
// the operands change places (`swapped`), so the instruction's signs do too.
.macro mac swapped, signed, sum, weight, activation, load=0
    .if !\signed && !\swapped
    pv.mlsdotsup.v \sum, zero, (\load + 2 * \weight + \activation)
    .elseif !\signed
    pv.mlsdotusp.v \sum, zero, (\load + 2 * \weight + \activation)
    .else
    pv.mlsdotsp.v \sum, zero, (\load + 2 * \weight + \activation)
    .endif
.endm
#define LOAD_A 8
#define LOAD_W 16

// Four products of one wide row with all narrow rows; the last one refills its register.
.macro wide_row w, s, activation, s0, s1, s2, s3
    mac \w, \s, \s0, 0, \activation
    mac \w, \s, \s1, 1, \activation
    mac \w, \s, \s2, 2, \activation
    mac \w, \s, \s3, 3, \activation, LOAD_A
.endm
// The last wide row of a step refills the narrow registers too.
.macro last_row w, s, s0, s1, s2, s3
    mac \w, \s, \s0, 0, 1, LOAD_W
    mac \w, \s, \s1, 1, 1, LOAD_W
    mac \w, \s, \s2, 2, 1, LOAD_W
    mac \w, \s, \s3, 3, 1, LOAD_W
.endm
.macro two_rows w, s
    wide_row \w, \s, 0, a4, a5, a6, a7
    wide_row \w, \s, 1, s2, s3, s4, s5
.endm
.macro whole_slices w, s, ratio
    .rept \ratio - 1
    two_rows \w, \s
    wide_row \w, \s, 0, s6, s7, s8, s9
    wide_row \w, \s, 1, t0, t1, t2, t3
    .endr
    two_rows \w, \s
.endm

.macro step w, s, ratio
    whole_slices \w, \s, \ratio
    wide_row \w, \s, 0, s6, s7, s8, s9
    last_row \w, \s, t0, t1, t2, t3
.endm

.macro csr_addresses w
    .if \w
    csrw    CSR_A_ADDRESS, s1
    csrw    CSR_W_ADDRESS, s0
    .else
    csrw    CSR_A_ADDRESS, s0
    csrw    CSR_W_ADDRESS, s1
    .endif
.endm
.macro fill_registers w, s
    mac \w, \s, zero, 0, 0, LOAD_W
    mac \w, \s, zero, 1, 0, LOAD_W
    mac \w, \s, zero, 2, 0, LOAD_W
    mac \w, \s, zero, 3, 0, LOAD_W
    mac \w, \s, zero, 0, 0, LOAD_A
    mac \w, \s, zero, 0, 1, LOAD_A
.endm

// The last step of a block where operands have equal width: what it refills are the first words of
// the next block. For the other ratios the copy of the step would not fit the private cache.
.macro last_step s
    two_rows 0, \s
    mac 0, \s, s6, 0, 0
    mac 0, \s, s7, 1, 0
    mac 0, \s, s8, 2, 0
    csrw    CSR_A_ADDRESS, s0
    mac 0, \s, s9, 3, 0, LOAD_A
    csrw    CSR_W_ADDRESS, s1
    last_row 0, \s, t0, t1, t2, t3
    mac 0, \s, zero, 3, 1, LOAD_A
.endm

.macro csr_streams a_pitch, w_pitch
    csrw    CSR_A_STRIDE, \a_pitch
    csrw    CSR_W_STRIDE, \w_pitch
    li      t0, -3
    li      t1, 4
    li      t2, 4
    p.mac   t1, \a_pitch, t0            // 4 - 3 * pitch
    p.mac   t2, \w_pitch, t0
    csrw    CSR_A_ROLLBACK, t1
    csrw    CSR_W_ROLLBACK, t2
    csrwi   CSR_A_SKIP, 3
    csrwi   CSR_W_SKIP, 3
.endm

// Earlier dot products have left the counter of products in a slice at any value; with a slice of one
// product the next one clears it.
.macro restart_slices
    csrwi   CSR_MIXED_SKIP, 0
    nop
    pv.dotup.h t0, zero, zero
    csrwi   CSR_MIXED_SKIP, 16
    csrwi   CSR_MIXED_SLICE, 0
.endm

// void name(const struct Rows*, const struct Matmul*)
//
// s0 activations   s1 weights of the next block   t4 steps in the loop   t5 bytes of 4 weight rows
// a4..a7 s2..s5 s6..s9 t0..t3: the sums of wide rows 0, 1, 2, 3; the rest in requantise.inc
.macro kernel name, ratio, w, s, bits, result_signed
    enter \name
    lw      a4, MATMUL_ACTIVATION_PITCH(a1)
    lw      a5, MATMUL_WEIGHT_PITCH(a1)
    lw      a3, MATMUL_OUTPUT_PITCH(a1)
    lw      a6, ROWS_FORMAT(a0)
    lw      a7, ROWS_COUNT(a0)
    lw      s0, ROWS_ACTIVATIONS(a0)
    lw      t4, ROWS_STEPS(a0)
    lw      s11, ROWS_OUTPUT(a0)
    sw      a0, FRAME_ROWS(sp)
    sw      a7, FRAME_LEFT(sp)
    slli    t5, a4, 2
    sw      t5, FRAME_STEP(sp)
    load_constants \bits, \ratio
    slli    t5, a5, 2
    .if \ratio == 1
    addi    t4, t4, -1
    .endif
    .if \ratio != 1
    restart_slices
    .endif
    csrw    CSR_SIMD_FORMAT, a6
    .if \w
    csr_streams a5, a4
    .else
    csr_streams a4, a5
    .endif

.Lrow_\@:
    lw      s1, ROWS_WEIGHTS(a0)
    lw      s10, ROWS_SCALES(a0)
    lw      a1, ROWS_BLOCKS(a0)
    sw      s11, FRAME_OUTPUT(sp)
    csrwi   CSR_SIMD_LEGACY, 0
    addi    s10, s10, 28
    .if \ratio == 1
    csr_addresses \w
    fill_registers \w, \s
    .endif

    lp.setup 1, a1, .Llast_of_block_\@
    .if \ratio != 1
    csr_addresses \w
    fill_registers \w, \s
    .endif
    .if \w
    load_biases a4, s2, s6, t0
    copy a4, a5, a6, a7
    copy s2, s3, s4, s5
    copy s6, s7, s8, s9
    copy t0, t1, t2, t3
    .else
    load_biases a4, a5, a6, a7
    copy a4, s2, s6, t0
    copy a5, s3, s7, t1
    copy a6, s4, s8, t2
    copy a7, s5, s9, t3
    .endif

    lp.setup 0, t4, .Llast_of_step_\@
    step \w, \s, \ratio
.Llast_of_step_\@:
    mac \w, \s, zero, 3, 1, LOAD_A
    add     s1, s1, t5
    .if \ratio == 1
    last_step \s
    .endif

    csrwi   CSR_SIMD_LEGACY, 1
    .if \w
    requantise_4x4 \bits, \result_signed, \ratio, a4, a5, a6, a7, s2, s3, s4, s5, \
                   s6, s7, s8, s9, t0, t1, t2, t3
    .else
    requantise_4x4 \bits, \result_signed, \ratio, a4, s2, s6, t0, a5, s3, s7, t1, \
                   a6, s4, s8, t2, a7, s5, s9, t3
    .endif
.Llast_of_block_\@:
    csrwi   CSR_SIMD_LEGACY, 0

    lw      t2, FRAME_LEFT(sp)
    lw      a0, FRAME_ROWS(sp)
    lw      t0, FRAME_STEP(sp)
    lw      s11, FRAME_OUTPUT(sp)
    addi    t2, t2, -1
    slli    t1, a3, 2
    add     s0, s0, t0
    add     s11, s11, t1
    sw      t2, FRAME_LEFT(sp)
    bnez    t2, .Lrow_\@

    csrwi   CSR_SIMD_LEGACY, 1
    .if \ratio != 1
    csrwi   CSR_MIXED_SKIP, 0           // other dot products shall not count
    .endif
    leave \name
.endm

// rows_<ratio>[w: swapped]_...
    instances kernel, rows_1, 1, 0
    instances kernel, rows_2, 2, 0
    instances kernel, rows_4, 4, 0
    instances kernel, rows_2w, 2, 1
    instances kernel, rows_4w, 4, 1
