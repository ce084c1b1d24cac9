// SPDX-License-Identifier: Apache-2.0
// Flex-V: one kernel serves all widths of equal ratio, because the format is in a CSR.
#ifndef FLEXV_ROWS_FLEXV_H
#define FLEXV_ROWS_FLEXV_H

#include "flexv/flexv.h"
#include "rows_table.h"

#define DECLARE_BLOCKS(blocks) \
    DECLARE_ROWS(blocks##_1);  \
    DECLARE_ROWS(blocks##_2);  \
    DECLARE_ROWS(blocks##_4);  \
    DECLARE_ROWS(blocks##_2w); \
    DECLARE_ROWS(blocks##_4w)
DECLARE_BLOCKS(rows4);
DECLARE_BLOCKS(rows2);
DECLARE_BLOCKS(columns4);

#define HAVE_EQUAL \
    (KERNELS_HAVE_PRODUCT(0, 0) || KERNELS_HAVE_PRODUCT(1, 1) || KERNELS_HAVE_PRODUCT(2, 2))
#define BLOCKS_INSTANCES(blocks)                                                               \
    ROWS_INSTANCES(blocks##_1, HAVE_EQUAL),                                                    \
        ROWS_INSTANCES(blocks##_2, KERNELS_HAVE_PRODUCT(1, 0) || KERNELS_HAVE_PRODUCT(2, 1)),  \
        ROWS_INSTANCES(blocks##_4, KERNELS_HAVE_PRODUCT(2, 0)),                                \
        ROWS_INSTANCES(blocks##_2w, KERNELS_HAVE_PRODUCT(0, 1) || KERNELS_HAVE_PRODUCT(1, 2)), \
        ROWS_INSTANCES(blocks##_4w, KERNELS_HAVE_PRODUCT(0, 2))

// Rows of blocks of 4 and of 2 pixels, columns of blocks of 4. In the TCDM, where a look-up takes a
// cycle.
enum { kRows4 = 0, kRows2 = 5, kColumns4 = 10, kInstances = 15 };
FLEXV_TCDM_DATA static RowsInstances instances[kInstances] = {
    BLOCKS_INSTANCES(rows4), BLOCKS_INSTANCES(rows2), BLOCKS_INSTANCES(columns4)};

// Code of the format, and the place of the kernel in its group in the high byte: one load.
// [activations][weights]; the fourth of a row is unused.
FLEXV_TCDM_DATA static uint16_t formats[3][4] = {
    {FORMAT_2X2, FORMAT_4X2 | 3 << 8, FORMAT_8X2 | 4 << 8},
    {FORMAT_4X2 | 1 << 8, FORMAT_4X4, FORMAT_8X4 | 3 << 8},
    {FORMAT_8X2 | 2 << 8, FORMAT_8X4 | 1 << 8, FORMAT_8X8},
};

// A column costs a little more to start than a row, and a block of it takes less. All harts read
// the same pixels at a time, though, which must not lie in one bank.
static inline bool are_columns_better(const struct Matmul* m) {
    return (m->pixels & 3) == 0 && m->pixels >= 16 && (m->activation_pitch & 63) != 0;
}

static inline RowsKernel* choose_rows(struct Rows* rows, const struct Precision* p,
                                      const struct Matmul* m) {
    const uint32_t format = formats[width_index(p->activation_bits)][width_index(p->weight_bits)];
    uint32_t blocks = kColumns4;
    rows->format = format & 15;
    rows->log2_pixels = 2;
    rows->in_columns = true;
    if (!are_columns_better(m)) {
        const bool is_small = m->pixels < 4;
        rows->log2_pixels = 2 - is_small;
        rows->in_columns = false;
        blocks = is_small ? kRows2 : kRows4;
    }
    return instance_for(&instances[(format >> 8) + blocks], p);
}

#endif
