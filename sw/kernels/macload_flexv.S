// SPDX-License-Identifier: Apache-2.0
// Blocks of 4 channels x 4 or 2 pixels with Mac&Load whose formats and addresses come from CSRs. A
// word of the narrow operand meets `ratio` words of the wide one; for each such word of all rows
// there are 16 (or 8) products, which refill the operand registers on the side, and one instruction
// in a step that only loads.
#include "flexv/csr.h"
#include "rows.h"

.include "flexv/isa.inc"
#define SPARE ra
#include "requantise.inc"

    .option norvc                       // loop ends are counted in 32-bit instructions
    .option norelax

#define FRAME_ROWS FRAME_OWN
#define FRAME_LEFT (FRAME_OWN + 4)
#define FRAME_OUTPUT (FRAME_OWN + 8)
#define FRAME_OPERAND_STEP (FRAME_OWN + 12)  // bytes from row to row, or from column to column
#define FRAME_OUTPUT_STEP (FRAME_OWN + 16)
#define FRAME_BLOCKS (FRAME_OWN + 20)

// Highest results of 8 bits lie in the spare register; they are loaded again.
.macro restore_spare bits
    .if \bits == 8
    lw      ra, FRAME_ROWS(sp)
    lw      ra, ROWS_HIGH(ra)
    .endif
.endm

// The wide operand streams through the activation registers a0 and a1, row after row; the narrow
// one lies in the weight registers w0..w3, a row each. Where weights are wider than activations the
// operands change places (`w` = 1), so the instruction's signs do too. `s` = 1: signed activations.
.macro mac w, s, sum, weight, activation, load=0
    .if !\s && !\w
    pv.mlsdotsup.v \sum, zero, (\load + 2 * \weight + \activation)
    .elseif !\s
    pv.mlsdotusp.v \sum, zero, (\load + 2 * \weight + \activation)
    .else
    pv.mlsdotsp.v \sum, zero, (\load + 2 * \weight + \activation)
    .endif
.endm
#define LOAD_A 8
#define LOAD_W 16

// Products of one wide row with four or two narrow rows; the last one refills its register.
.macro row4 w, s, activation, s0, s1, s2, s3
    mac \w, \s, \s0, 0, \activation
    mac \w, \s, \s1, 1, \activation
    mac \w, \s, \s2, 2, \activation
    mac \w, \s, \s3, 3, \activation, LOAD_A
.endm
.macro row2 w, s, activation, s0, s1
    mac \w, \s, \s0, 0, \activation
    mac \w, \s, \s1, 1, \activation, LOAD_A
.endm
// The last wide row of a step refills the narrow registers.
.macro last_row4 w, s, s0, s1, s2, s3
    mac \w, \s, \s0, 0, 1, LOAD_W
    mac \w, \s, \s1, 1, 1, LOAD_W
    mac \w, \s, \s2, 2, 1, LOAD_W
    mac \w, \s, \s3, 3, 1, LOAD_W
.endm
.macro last_row2 w, s, s0, s1
    mac \w, \s, \s0, 0, 1, LOAD_W
    mac \w, \s, \s1, 1, 1, LOAD_W
.endm

// A word of all wide rows but the last one: 4 x 4 rows; two pixels x 4 narrow rows; 4 wide rows x
// two pixels.
.macro rows_before_last pixels, w, s
    .if \pixels == 4
    row4 \w, \s, 0, a4, a5, a6, a7
    row4 \w, \s, 1, s2, s3, s4, s5
    row4 \w, \s, 0, s6, s7, s8, s9
    .elseif !\w
    row4 \w, \s, 0, a4, a5, a6, a7
    .else
    row2 \w, \s, 0, a4, a5
    row2 \w, \s, 1, s2, s3
    row2 \w, \s, 0, s6, s7
    .endif
.endm
// A step without its last instruction, which only loads.
.macro step pixels, ratio, w, s
    .rept \ratio - 1
    rows_before_last \pixels, \w, \s
    .if \pixels == 4
    row4 \w, \s, 1, t0, t1, t2, t3
    .elseif !\w
    row4 \w, \s, 1, s2, s3, s4, s5
    .else
    row2 \w, \s, 1, t0, t1
    .endif
    .endr
    rows_before_last \pixels, \w, \s
    .if \pixels == 4
    last_row4 \w, \s, t0, t1, t2, t3
    .elseif !\w
    last_row4 \w, \s, s2, s3, s4, s5
    .else
    last_row2 \w, \s, t0, t1
    .endif
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
.macro fill_registers pixels, w, s
    mac \w, \s, zero, 0, 0, LOAD_W
    mac \w, \s, zero, 1, 0, LOAD_W
    .if \pixels == 4 || !\w
    mac \w, \s, zero, 2, 0, LOAD_W
    mac \w, \s, zero, 3, 0, LOAD_W
    .endif
    mac \w, \s, zero, 0, 0, LOAD_A
    mac \w, \s, zero, 0, 1, LOAD_A
.endm

// The last step of a block of 4 x 4 operands of equal width: what it refills are the first words of
// the next block. For the other kernels the copy of the step would not fit the private cache.
.macro last_step s
    row4 0, \s, 0, a4, a5, a6, a7
    row4 0, \s, 1, s2, s3, s4, s5
    mac 0, \s, s6, 0, 0
    mac 0, \s, s7, 1, 0
    mac 0, \s, s8, 2, 0
    csrw    CSR_A_ADDRESS, s0
    mac 0, \s, s9, 3, 0, LOAD_A
    csrw    CSR_W_ADDRESS, s1
    last_row4 0, \s, t0, t1, t2, t3
    mac 0, \s, zero, 3, 1, LOAD_A
.endm

// A stream visits `rows` rows and then steps one word on.
.macro csr_stream stride, rollback, skip, pitch, rows
    li      t0, 1 - \rows
    li      t1, 4
    p.mac   t1, \pitch, t0
    csrw    \stride, \pitch
    csrw    \rollback, t1
    csrwi   \skip, \rows - 1
.endm
.macro csr_streams a_pitch, a_rows, w_pitch, w_rows
    csr_stream CSR_A_STRIDE, CSR_A_ROLLBACK, CSR_A_SKIP, \a_pitch, \a_rows
    csr_stream CSR_W_STRIDE, CSR_W_ROLLBACK, CSR_W_SKIP, \w_pitch, \w_rows
.endm

// Earlier dot products have left the counter of products in a slice at any value; with a slice of
// one product the next one clears it.
.macro restart_slices pixels
    csrwi   CSR_MIXED_SKIP, 0
    nop
    pv.dotup.h t0, zero, zero
    csrwi   CSR_MIXED_SKIP, 4 * \pixels
    csrwi   CSR_MIXED_SLICE, 0
.endm

// Sums start at the biases of their channels, or continue others.
.macro start_sums pixels, w, bits
    .if \bits == 32
    add     a0, s11, ra
    .if \pixels == 4 && \w
    sums_4x4 lw, a0, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, t0, t1, t2, t3
    .elseif \pixels == 4
    sums_4x4 lw, a0, a3, a4, s2, s6, t0, a5, s3, s7, t1, a6, s4, s8, t2, a7, s5, s9, t3
    .elseif \w
    sums_4x2 lw, a0, a3, a4, a5, s2, s3, s6, s7, t0, t1
    .else
    sums_4x2 lw, a0, a3, a4, s2, a5, s3, a6, s4, a7, s5
    .endif
    .elseif IS_BIAS_IN_PRODUCT && \pixels == 2 && !\w
    clear_sums a4, a5, a6, a7, s2, s3, s4, s5
    .elseif IS_BIAS_IN_PRODUCT && \pixels == 2
    clear_sums a4, a5, s2, s3, s6, s7, t0, t1
    .elseif IS_BIAS_IN_PRODUCT
    clear_sums a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, t0, t1, t2, t3
    .elseif \pixels == 4 && \w
    load_biases a4, s2, s6, t0
    copy a4, a5, a6, a7
    copy s2, s3, s4, s5
    copy s6, s7, s8, s9
    copy t0, t1, t2, t3
    .elseif \pixels == 4
    load_biases a4, a5, a6, a7
    copy a4, s2, s6, t0
    copy a5, s3, s7, t1
    copy a6, s4, s8, t2
    copy a7, s5, s9, t3
    .elseif \w
    load_biases a4, s2, s6, t0
    copy a4, a5
    copy s2, s3
    copy s6, s7
    copy t0, t1
    .else
    load_biases a4, a5, a6, a7
    copy a4, s2
    copy a5, s3
    copy a6, s4
    copy a7, s5
    .endif
.endm
.macro finish_sums pixels, ratio, w, is_column, bits, signed
    .if \is_column && \w
    requantise_column \bits, \signed, \ratio, a4, a5, a6, a7, s2, s3, s4, s5, \
                      s6, s7, s8, s9, t0, t1, t2, t3
    .elseif \is_column
    requantise_column \bits, \signed, \ratio, a4, s2, s6, t0, a5, s3, s7, t1, \
                      a6, s4, s8, t2, a7, s5, s9, t3
    .elseif \pixels == 4 && \w
    requantise_4x4 \bits, \signed, \ratio, a4, a5, a6, a7, s2, s3, s4, s5, \
                   s6, s7, s8, s9, t0, t1, t2, t3
    .elseif \pixels == 4
    requantise_4x4 \bits, \signed, \ratio, a4, s2, s6, t0, a5, s3, s7, t1, \
                   a6, s4, s8, t2, a7, s5, s9, t3
    .elseif \w
    requantise_4x2 \bits, \signed, \ratio, a4, a5, s2, s3, s6, s7, t0, t1
    .else
    requantise_4x2 \bits, \signed, \ratio, a4, s2, a5, s3, a6, s4, a7, s5
    .endif
.endm

// void name(const struct Rows*, const struct Matmul*)
//
// s0 activations, s1 weights of the next block   t4 steps in the loop   t5 bytes to the next block
// a4..a7 s2..s5 s6..s9 t0..t3: the sums of wide rows 0, 1, 2, 3; the rest in requantise.inc
.macro kernel name, pixels, ratio, w, is_column, s, bits, result_signed
    .set    .Lis_peeled, \pixels == 4 && \ratio == 1
    enter \name
    lw      a4, MATMUL_ACTIVATION_PITCH(a1)
    lw      a5, MATMUL_WEIGHT_PITCH(a1)
    lw      a3, MATMUL_OUTPUT_PITCH(a1)
    lw      a6, ROWS_FORMAT(a0)
    lw      a7, ROWS_COUNT(a0)
    lw      s0, ROWS_ACTIVATIONS(a0)
    lw      s1, ROWS_WEIGHTS(a0)
    lw      s10, ROWS_SCALES(a0)
    lw      s11, ROWS_OUTPUT(a0)
    lw      t0, ROWS_BLOCKS(a0)
    lw      t4, ROWS_STEPS(a0)
    sw      a0, FRAME_ROWS(sp)
    sw      a7, FRAME_LEFT(sp)
    sw      t0, FRAME_BLOCKS(sp)
    addi    s10, s10, 28
    .if \is_column
    slli    t5, a4, \pixels / 2
    slli    t6, a5, 2
    .else
    slli    t6, a4, \pixels / 2
    slli    t5, a5, 2
    slli    t1, a3, \pixels / 2
    sw      t1, FRAME_OUTPUT_STEP(sp)
    .endif
    sw      t6, FRAME_OPERAND_STEP(sp)
    load_constants \bits, \ratio
    .if .Lis_peeled
    addi    t4, t4, -1
    .endif
    .if \ratio != 1
    restart_slices \pixels
    .endif
    csrw    CSR_SIMD_FORMAT, a6
    .if \w
    csr_streams a5, 4, a4, \pixels
    .else
    csr_streams a4, \pixels, a5, 4
    .endif
    .balign 16                          // the loop over blocks will start a line of the cache
    csrwi   CSR_SIMD_LEGACY, 0

.Lline_\@:
    lw      t0, FRAME_BLOCKS(sp)
    sw      s11, FRAME_OUTPUT(sp)
    .if \is_column
    load_multipliers \bits
    .endif
    .if .Lis_peeled
    csr_addresses \w
    fill_registers \pixels, \w, \s
    .endif

    lp.setup 1, t0, .Llast_of_block_\@
    .if !.Lis_peeled
    csr_addresses \w
    fill_registers \pixels, \w, \s
    .endif
    start_sums \pixels, \w, \bits

    lp.setup 0, t4, .Llast_of_step_\@
    step \pixels, \ratio, \w, \s
.Llast_of_step_\@:
    mac \w, \s, zero, 3, 1, LOAD_A
    .if \is_column
    add     s0, s0, t5
    .else
    add     s1, s1, t5
    .endif
    .if .Lis_peeled
    last_step \s
    .endif

    csrwi   CSR_SIMD_LEGACY, 1
    finish_sums \pixels, \ratio, \w, \is_column, \bits, \result_signed
.Llast_of_block_\@:
    csrwi   CSR_SIMD_LEGACY, 0

    lw      t2, FRAME_LEFT(sp)
    lw      a0, FRAME_ROWS(sp)
    lw      t0, FRAME_OPERAND_STEP(sp)
    lw      s11, FRAME_OUTPUT(sp)
    .if \is_column
    lw      s0, ROWS_ACTIVATIONS(a0)
    addi    s10, s10, 32
    addi    s11, s11, \bits / 2
    add     s1, s1, t0
    .else
    lw      t1, FRAME_OUTPUT_STEP(sp)
    lw      s1, ROWS_WEIGHTS(a0)
    lw      s10, ROWS_SCALES(a0)
    add     s0, s0, t0
    add     s11, s11, t1
    addi    s10, s10, 28
    .endif
    addi    t2, t2, -1
    sw      t2, FRAME_LEFT(sp)
    bnez    t2, .Lline_\@

    csrwi   CSR_SIMD_LEGACY, 1
    .if \ratio != 1
    csrwi   CSR_MIXED_SKIP, 0           // other dot products shall not count
    .endif
    leave \name
.endm

// rows<pixels>_<ratio>[w: swapped]_..., columns<pixels>_...
.macro kernels lines, pixels, is_column
    instances kernel, \lines\pixels\()_1, \pixels, 1, 0, \is_column
    instances kernel, \lines\pixels\()_2, \pixels, 2, 0, \is_column
    instances kernel, \lines\pixels\()_4, \pixels, 4, 0, \is_column
    instances kernel, \lines\pixels\()_2w, \pixels, 2, 1, \is_column
    instances kernel, \lines\pixels\()_4w, \pixels, 4, 1, \is_column
.endm
    kernels rows, 4, 0
    kernels rows, 2, 0
    kernels columns, 4, 1
