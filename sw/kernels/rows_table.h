// SPDX-License-Identifier: Apache-2.0
// Tables over the instances of a kernel template (requantise.inc). The header of an instruction set
// defines with them, for matmul.c:
//   RowsKernel* choose_rows(struct Rows*, const struct Precision*, const struct Matmul*)
// chooses the kernel for a product of that precision. One for columns leaves no rest of pixels.
#ifndef FLEXV_ROWS_TABLE_H
#define FLEXV_ROWS_TABLE_H

#include "rows.h"

/// [signed activations][signed output][2, 4, 8 bits]; a power of two addresses it by shifts.
typedef RowsKernel* RowsInstances[2][2][4];

#define DECLARE_ROWS(name)                                                      \
    RowsKernel name##_u_u8, name##_u_u4, name##_u_u2, name##_u_s4, name##_u_s2; \
    RowsKernel name##_s_u8, name##_s_u4, name##_s_u2, name##_s_s4, name##_s_s2

#define ROWS_INSTANCES(name)                                                                   \
    {                                                                                          \
        {{name##_u_u2, name##_u_u4, name##_u_u8}, {name##_u_s2, name##_u_s4, name##_u_u8}}, {  \
            {name##_s_u2, name##_s_u4, name##_s_u8}, { name##_s_s2, name##_s_s4, name##_s_u8 } \
        }                                                                                      \
    }

/// Index of a width: 0, 1, 2 for 2, 4, 8 bits.
static inline uint32_t width_index(uint32_t bits) { return bits >> 2; }

static inline RowsKernel* instance_for(RowsInstances* instances, const struct Precision* p) {
    return (*instances)[p->activation_signed][p->output_signed][width_index(p->output_bits)];
}

#endif
