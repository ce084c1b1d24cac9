// SPDX-License-Identifier: Apache-2.0
// What the driver (matmul.c) hands to the kernels in assembly: some lines of blocks of one core.
// A line is a row, from channel to channel, or a column, from pixel to pixel.
// Also read by the assembler, which takes the offsets only.
#ifndef FLEXV_ROWS_H
#define FLEXV_ROWS_H

#ifdef FLEXV_BIAS_IN_PRODUCT
#define IS_BIAS_IN_PRODUCT 1
#else
#define IS_BIAS_IN_PRODUCT 0
#endif

// Offsets in struct Rows.
#define ROWS_ACTIVATIONS 0
#define ROWS_WEIGHTS 4
#define ROWS_SCALES 8
#define ROWS_OUTPUT 12
#define ROWS_COUNT 16
#define ROWS_BLOCKS 20
#define ROWS_STEPS 24
#define ROWS_SHIFT 28
#define ROWS_START ROWS_SHIFT
#define ROWS_LOW 32
#define ROWS_HIGH 36
#define ROWS_FORMAT 40

// Offsets in struct Matmul.
#define MATMUL_ACTIVATION_PITCH 32
#define MATMUL_WEIGHT_PITCH 36
#define MATMUL_OUTPUT_PITCH 40

#ifndef __ASSEMBLER__
#include "matmul.h"

#include <stddef.h>

struct Rows {
    const uint8_t* activations;         ///< of the first pixel
    const uint8_t* weights;             ///< of the first channel
    const struct ChannelScale* scales;  ///< of the first channel
    uint8_t* output;                    ///< first channel of the first pixel
    uint32_t count;                     ///< lines
    uint32_t blocks;                    ///< in each line
    uint32_t steps;                     ///< over the depth
    union {
        uint32_t shift;  ///< of 8-bit outputs, behind the free shift by 16
        int32_t start;   ///< of sums: as in struct Matmul
    };
    int32_t low, high;     ///< of 8-bit outputs
    uint32_t format;       ///< for CSR_SIMD_FORMAT; set by choose_rows()
    uint32_t log2_pixels;  ///< of a block; set by choose_rows()
    bool in_columns;       ///< the kernel computes columns; set by choose_rows()
};

_Static_assert(offsetof(struct Rows, output) == ROWS_OUTPUT, "rows.h");
_Static_assert(offsetof(struct Rows, steps) == ROWS_STEPS, "rows.h");
_Static_assert(offsetof(struct Rows, start) == ROWS_START, "rows.h");
_Static_assert(offsetof(struct Rows, high) == ROWS_HIGH, "rows.h");
_Static_assert(offsetof(struct Rows, format) == ROWS_FORMAT, "rows.h");
_Static_assert(offsetof(struct Matmul, activation_pitch) == MATMUL_ACTIVATION_PITCH, "rows.h");
_Static_assert(offsetof(struct Matmul, output_pitch) == MATMUL_OUTPUT_PITCH, "rows.h");
_Static_assert(sizeof(struct ChannelScale) == 8, "the kernels read pairs of words");

/// Computes all blocks of `rows`, part of `matmul`. Ends in legacy SIMD mode.
typedef void RowsKernel(const struct Rows* rows, const struct Matmul* matmul);

#endif
#endif
