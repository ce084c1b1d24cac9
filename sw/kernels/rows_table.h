// SPDX-License-Identifier: Apache-2.0
// Tables over the instances of a kernel template (requantise.inc). The header of an instruction set
// defines with them, for matmul.c:
//   RowsKernel* choose_rows(struct Rows*, const struct Precision*, const struct Matmul*)
// chooses the kernel for a product of that precision. One for columns leaves no rest of pixels.
#ifndef FLEXV_ROWS_TABLE_H
#define FLEXV_ROWS_TABLE_H

#include "flexv/intrinsics.h"
#include "rows.h"
#include "selection.h"

/// [signed activations][signed output][2, 4, 8 bits, sums]; a power of two addresses it by shifts.
typedef RowsKernel* RowsInstances[2][2][4];

#define DECLARE_ROWS(name)                                                      \
    RowsKernel name##_u_u8, name##_u_u4, name##_u_u2, name##_u_s4, name##_u_s2; \
    RowsKernel name##_s_u8, name##_s_u4, name##_s_u2, name##_s_s4, name##_s_s2; \
    RowsKernel name##_u_32, name##_s_32

// `has`: whether the program needs products of that kernel at all; an instance that it does not
// need is not linked.
#define ROWS_CHOSEN(has, is_signed, result, kernel)                                           \
    ((has) && KERNELS_HAVE(KERNELS_SIGNS, is_signed) && KERNELS_HAVE(KERNELS_RESULTS, result) \
         ? (kernel)                                                                           \
         : (RowsKernel*)0)
#define ROWS_OUTPUTS(name, has, is_signed, s, result, first)                    \
    {                                                                           \
        ROWS_CHOSEN(has, is_signed, first, name##_##s##_##result##2),           \
            ROWS_CHOSEN(has, is_signed, (first) + 1, name##_##s##_##result##4), \
            ROWS_CHOSEN(has, is_signed, (first) + 2, name##_##s##_u8),          \
            ROWS_CHOSEN(has, is_signed, (first) + 3, name##_##s##_32),          \
    }
#define ROWS_INSTANCES(name, has)                                                       \
    {                                                                                   \
        {ROWS_OUTPUTS(name, has, 0, u, u, 0), ROWS_OUTPUTS(name, has, 0, u, s, 4)},     \
            {ROWS_OUTPUTS(name, has, 1, s, u, 0), ROWS_OUTPUTS(name, has, 1, s, s, 4)}, \
    }

/// Index of a width: 0, 1, 2 for 2, 4, 8 bits.
static inline uint32_t width_index(uint32_t bits) { return bits >> 2; }

static inline RowsKernel* instance_for(RowsInstances* instances, const struct Precision* p) {
    const uint32_t width = p_minu(width_index(p->output_bits), 3);
    return (*instances)[p->activation_signed][p->output_signed][width];
}

#endif
