// SPDX-License-Identifier: Apache-2.0
// Flex-V: one kernel serves all widths of equal ratio, because the format is in a CSR.
#include "flexv/flexv.h"
#include "rows.h"

// The kernels of macload_flexv.S: X(ratio).
#define FOR_EACH_RATIO(X) X(1) X(2) X(4) X(2w) X(4w)
#define DECLARE(ratio)                                                        \
    RowsKernel rows_##ratio##_u_u8, rows_##ratio##_u_u4, rows_##ratio##_u_u2; \
    RowsKernel rows_##ratio##_u_s4, rows_##ratio##_u_s2, rows_##ratio##_s_u8; \
    RowsKernel rows_##ratio##_s_u4, rows_##ratio##_s_u2, rows_##ratio##_s_s4; \
    RowsKernel rows_##ratio##_s_s2;
FOR_EACH_RATIO(DECLARE)

// [signed activations][signed output][2, 4, 8 bits]
#define TABLE(ratio)                                                    \
    {{{rows_##ratio##_u_u2, rows_##ratio##_u_u4, rows_##ratio##_u_u8},  \
      {rows_##ratio##_u_s2, rows_##ratio##_u_s4, rows_##ratio##_u_u8}}, \
     {{rows_##ratio##_s_u2, rows_##ratio##_s_u4, rows_##ratio##_s_u8},  \
      {rows_##ratio##_s_s2, rows_##ratio##_s_s4, rows_##ratio##_s_u8}}},
FLEXV_TCDM_DATA static RowsKernel* kernels[5][2][2][3] = {FOR_EACH_RATIO(TABLE)};

struct Format {
    uint8_t ratio, code;
};

// [activations][weights]
FLEXV_TCDM_DATA static struct Format formats[3][3] = {
    {{0, FORMAT_2X2}, {3, FORMAT_4X2}, {4, FORMAT_8X2}},
    {{1, FORMAT_4X2}, {0, FORMAT_4X4}, {3, FORMAT_8X4}},
    {{2, FORMAT_8X2}, {1, FORMAT_8X4}, {0, FORMAT_8X8}},
};

RowsKernel* choose_rows(struct Rows* rows, const struct Precision* p) {
    const struct Format* const format = &formats[p->activation_bits >> 2][p->weight_bits >> 2];
    rows->format = format->code;
    rows->log2_pixels = 2;
    return kernels[format->ratio][p->activation_signed][p->output_signed][p->output_bits >> 2];
}
