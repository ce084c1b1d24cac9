// SPDX-License-Identifier: Apache-2.0
// Flex-V: one kernel serves all widths of equal ratio, because the format is in a CSR.
#include "flexv/flexv.h"
#include "rows_table.h"

DECLARE_ROWS(rows_1);
DECLARE_ROWS(rows_2);
DECLARE_ROWS(rows_4);
DECLARE_ROWS(rows_2w);
DECLARE_ROWS(rows_4w);

// In the TCDM, where a look-up takes a cycle.
FLEXV_TCDM_DATA static RowsInstances instances[] = {ROWS_INSTANCES(rows_1), ROWS_INSTANCES(rows_2),
                                                    ROWS_INSTANCES(rows_4), ROWS_INSTANCES(rows_2w),
                                                    ROWS_INSTANCES(rows_4w)};

struct Format {
    uint8_t instances, code;
};

// [activations][weights]
FLEXV_TCDM_DATA static struct Format formats[3][3] = {
    {{0, FORMAT_2X2}, {3, FORMAT_4X2}, {4, FORMAT_8X2}},
    {{1, FORMAT_4X2}, {0, FORMAT_4X4}, {3, FORMAT_8X4}},
    {{2, FORMAT_8X2}, {1, FORMAT_8X4}, {0, FORMAT_8X8}},
};

RowsKernel* choose_rows(struct Rows* rows, const struct Precision* p) {
    const struct Format* const format =
        &formats[width_index(p->activation_bits)][width_index(p->weight_bits)];
    rows->format = format->code;
    rows->log2_pixels = 2;
    return instance_for(&instances[format->instances], p);
}
