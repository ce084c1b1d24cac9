// SPDX-License-Identifier: Apache-2.0
// A product of which one core computes groups of a few pixels, one after the other: what is alike
// for all of them is prepared once.
#ifndef FLEXV_MATMUL_GROUPS_H
#define FLEXV_MATMUL_GROUPS_H

#include "rows.h"

/// What one core works on. `matmul` may change between groups in all but its precision, depth,
/// pitches and number of pixels.
struct Job {
    const struct Matmul* matmul;
    RowsKernel* kernel;
    uint32_t output_bits;
    struct Rows rows;
};

/// Chooses the kernel and checks the operands.
void matmul_prepare(struct Job* job, const struct Matmul* matmul);

/// Computes all of `matmul` as it is now.
void matmul_compute(struct Job* job);

#endif
