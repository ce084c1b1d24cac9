// SPDX-License-Identifier: Apache-2.0
// Flex-V: one kernel serves all widths of equal ratio, because the format is in a CSR.
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

#define BLOCKS_INSTANCES(blocks)                                                            \
    {                                                                                       \
        ROWS_INSTANCES(blocks##_1), ROWS_INSTANCES(blocks##_2), ROWS_INSTANCES(blocks##_4), \
            ROWS_INSTANCES(blocks##_2w), ROWS_INSTANCES(blocks##_4w)                        \
    }

// Blocks of 4 and of 2 pixels. In the TCDM, where a look-up takes a cycle.
FLEXV_TCDM_DATA static RowsInstances instances[2][5] = {BLOCKS_INSTANCES(rows4),
                                                        BLOCKS_INSTANCES(rows2)};

struct Format {
    uint8_t instances, code;
};

// [activations][weights]
FLEXV_TCDM_DATA static struct Format formats[3][3] = {
    {{0, FORMAT_2X2}, {3, FORMAT_4X2}, {4, FORMAT_8X2}},
    {{1, FORMAT_4X2}, {0, FORMAT_4X4}, {3, FORMAT_8X4}},
    {{2, FORMAT_8X2}, {1, FORMAT_8X4}, {0, FORMAT_8X8}},
};

RowsKernel* choose_rows(struct Rows* rows, const struct Precision* p, uint32_t pixels) {
    const struct Format* const format =
        &formats[width_index(p->activation_bits)][width_index(p->weight_bits)];
    const bool is_small = pixels < 4;
    rows->format = format->code;
    rows->log2_pixels = is_small ? 1 : 2;
    return instance_for(&instances[is_small][format->instances], p);
}
