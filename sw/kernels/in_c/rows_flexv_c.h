// SPDX-License-Identifier: Apache-2.0
// The table of the library (rows_flexv.h) with the kernels in C (macload_flexv.c) in the places of
// their counterparts in assembly.
#ifndef FLEXV_ROWS_FLEXV_C_H
#define FLEXV_ROWS_FLEXV_C_H

#define choose_rows choose_rows_in_assembly
#include "../rows_flexv.h"
#undef choose_rows

/// name, ratio of the widths, bits of the results, in columns
#define IN_C_KERNELS(DO)            \
    DO(c_rows4_1_u2, 1, 2, false)   \
    DO(c_rows4_1_u4, 1, 4, false)   \
    DO(c_rows4_1_u8, 1, 8, false)   \
    DO(c_rows4_2_u2, 2, 2, false)   \
    DO(c_rows4_2_u4, 2, 4, false)   \
    DO(c_rows4_2_u8, 2, 8, false)   \
    DO(c_rows4_4_u2, 4, 2, false)   \
    DO(c_rows4_4_u4, 4, 4, false)   \
    DO(c_rows4_4_u8, 4, 8, false)   \
    DO(c_columns4_1_u2, 1, 2, true) \
    DO(c_columns4_1_u4, 1, 4, true) \
    DO(c_columns4_1_u8, 1, 8, true) \
    DO(c_columns4_2_u2, 2, 2, true) \
    DO(c_columns4_2_u4, 2, 4, true) \
    DO(c_columns4_2_u8, 2, 8, true) \
    DO(c_columns4_4_u2, 4, 2, true) \
    DO(c_columns4_4_u4, 4, 4, true) \
    DO(c_columns4_4_u8, 4, 8, true)

#define IN_C_DECLARATION(name, ratio, bits, in_columns) RowsKernel name;
IN_C_KERNELS(IN_C_DECLARATION)

static inline RowsKernel* choose_rows(struct Rows* rows, const struct Precision* p,
                                      const struct Matmul* m) {
#define IN_C_ENTRY(name, ratio, bits, in_columns) name,
    FLEXV_TCDM_DATA static RowsKernel* in_c[] = {IN_C_KERNELS(IN_C_ENTRY)};
    RowsKernel* const in_assembly = choose_rows_in_assembly(rows, p, m);
    const uint32_t ratio = width_index(p->activation_bits) - width_index(p->weight_bits);
    if (p->activation_signed || p->output_signed || p->output_bits > 8 || ratio > 2 ||
        rows->log2_pixels != 2) {
        return in_assembly;
    }
    return in_c[9 * rows->in_columns + 3 * ratio + width_index(p->output_bits)];
}

#endif
