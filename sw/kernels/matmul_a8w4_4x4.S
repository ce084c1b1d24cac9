// SPDX-License-Identifier: Apache-2.0
// Blocks of 4 pixels x 4 channels for matmul_a8w4: 33 instructions for 128 MACs, of which 32 are
// Mac&Loads that do a dot product of 4 lanes and refill one operand register on the side.
#include "flexv/isa.h"

.include "flexv/xpulp.inc"

    .option norvc                       // loop ends are counted in 32-bit instructions
    .option norelax

// Offsets in struct MatmulTile.
#define ACTIVATIONS 0
#define WEIGHTS 4
#define SCALES 8
#define OUTPUT 12
#define ACTIVATION_PITCH 16
#define WEIGHT_PITCH 20
#define OUTPUT_PITCH 24
#define DEPTH 28
#define SHIFT 40

// Four dot products of one pixel with the weights of four channels; the last one refills the
// pixel's activation register, which serves every other pixel.
.macro pixel s0, s1, s2, s3, activation
    pv.mlsdotsup \s0, w0, \activation
    pv.mlsdotsup \s1, w1, \activation
    pv.mlsdotsup \s2, w2, \activation
    pv.mlsdotsup \s3, w3, \activation, load_a
.endm

// Requantises the sums of the next channel: * multiplier, + bias, >> shift (t6), clip to 0..255.
.macro requantise s0, s1, s2, s3
    p.lw.post a0, 4, s10
    p.lw.post a1, 4, s10
    .irp sum, \s0, \s1, \s2, \s3
    mul     \sum, \sum, a0
    .endr
    .irp sum, \s0, \s1, \s2, \s3
    p.addNr \sum, a1, t6
    .endr
    .irp sum, \s0, \s1, \s2, \s3
    p.clipu \sum, \sum, 9
    .endr
.endm

// Stores the four channels of one pixel as a word at ra, then steps ra to the next pixel.
.macro store_pixel s0, s1, s2, s3
    p.insert \s0, \s1, 7, 8
    p.insert \s0, \s2, 7, 16
    p.insert \s0, \s3, 7, 24
    p.sw.rrpost \s0, a3, ra
.endm

// void matmul_a8w4_blocks(const struct MatmulTile* tile, uint32_t pixel, uint32_t channel,
//                         uint32_t blocks): see matmul_a8w4.c.
//
// s0 activations of the 4 pixels   s1 weights of the 4 channels   s10 scales   s11 output
// t4 steps of 8 over the depth     t5 bytes of 4 weight rows      t6 shift     a2 blocks   a3 pitch
// a4..a7 s2..s5 s6..s9 t0..t3: the sums of pixels 0, 1, 2, 3
    .section .text.matmul_a8w4_blocks, "ax", @progbits
    .balign 16
    .globl  matmul_a8w4_blocks
    .type   matmul_a8w4_blocks, @function
matmul_a8w4_blocks:
    addi    sp, sp, -64
    sw      ra, 0(sp)
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    sw      s\n, 4 + 4 * \n(sp)
    .endr

    lw      a4, ACTIVATION_PITCH(a0)
    lw      a5, WEIGHT_PITCH(a0)
    lw      a6, OUTPUT_PITCH(a0)
    lw      s0, ACTIVATIONS(a0)
    lw      s1, WEIGHTS(a0)
    lw      s10, SCALES(a0)
    lw      s11, OUTPUT(a0)
    lw      t4, DEPTH(a0)
    lw      t6, SHIFT(a0)
    p.mac   s0, a1, a4                  // + pixel * pitch
    p.mac   s1, a2, a5                  // + channel * pitch
    slli    t0, a2, 3
    add     s10, s10, t0                // + channel * sizeof(struct MatmulScale)
    add     s11, s11, a2
    p.mac   s11, a1, a6
    srli    t4, t4, 3
    slli    t5, a5, 2
    mv      a2, a3
    mv      a3, a6

// Status mode, 8 x 4 bit. Both operand streams visit four rows and then step one word on: three
// strides, one rollback. A weight word holds two slices of 4; 16 products use each before the next.
    csrwi   CSR_SIMD_LEGACY, 0
    csrwi   CSR_SIMD_FORMAT, FORMAT_8X4
    csrwi   CSR_MIXED_SKIP, 16
    csrwi   CSR_A_SKIP, 3
    csrwi   CSR_W_SKIP, 3
    csrw    CSR_A_STRIDE, a4
    csrw    CSR_W_STRIDE, a5
    li      t1, -3
    li      t2, 4
    li      t3, 4
    p.mac   t2, a4, t1                  // 4 - 3 * pitch
    p.mac   t3, a5, t1
    csrw    CSR_A_ROLLBACK, t2
    csrw    CSR_W_ROLLBACK, t3

    lp.setup 1, a2, .Llast_of_block
    csrw    CSR_A_ADDRESS, s0
    csrw    CSR_W_ADDRESS, s1
    pv.mlsdotsup zero, w0, a0, load_w
    pv.mlsdotsup zero, w1, a0, load_w
    pv.mlsdotsup zero, w2, a0, load_w
    pv.mlsdotsup zero, w3, a0, load_w
    pv.mlsdotsup zero, w0, a0, load_a
    pv.mlsdotsup zero, w0, a1, load_a
    .irp    sum, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, t0, t1, t2, t3
    li      \sum, 0
    .endr

// Not one sum is used again within 15 instructions (latency 2), and what follows the product that
// ends a slice loads nothing into a live register (RTL quirk Q4).
    lp.setup 0, t4, .Llast_of_depth
    pixel   a4, a5, a6, a7, a0
    pixel   s2, s3, s4, s5, a1
    pixel   s6, s7, s8, s9, a0
    pixel   t0, t1, t2, t3, a1
    pixel   a4, a5, a6, a7, a0
    pixel   s2, s3, s4, s5, a1
    pixel   s6, s7, s8, s9, a0
    pv.mlsdotsup t0, w0, a1, load_w
    pv.mlsdotsup t1, w1, a1, load_w
    pv.mlsdotsup t2, w2, a1, load_w
    pv.mlsdotsup t3, w3, a1, load_w
.Llast_of_depth:
    pv.mlsdotsup zero, w3, a1, load_a

    requantise a4, s2, s6, t0
    requantise a5, s3, s7, t1
    requantise a6, s4, s8, t2
    requantise a7, s5, s9, t3
    mv      ra, s11
    store_pixel a4, a5, a6, a7
    store_pixel s2, s3, s4, s5
    store_pixel s6, s7, s8, s9
    store_pixel t0, t1, t2, t3
    addi    s11, s11, 4
.Llast_of_block:
    add     s1, s1, t5

    csrwi   CSR_SIMD_LEGACY, 1
    lw      ra, 0(sp)
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    lw      s\n, 4 + 4 * \n(sp)
    .endr
    addi    sp, sp, 64
    ret
    .size   matmul_a8w4_blocks, . - matmul_a8w4_blocks
