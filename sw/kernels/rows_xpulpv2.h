// SPDX-License-Identifier: Apache-2.0
// Xpulpv2: 8-bit SIMD, and unpacking of what is narrower.
#ifndef FLEXV_ROWS_XPULPV2_H
#define FLEXV_ROWS_XPULPV2_H

#include "flexv/flexv.h"
#include "rows_table.h"

DECLARE_ROWS(unpack_a8w8);
DECLARE_ROWS(unpack_a8w4);
DECLARE_ROWS(unpack_a8w2);
DECLARE_ROWS(unpack_a4w8);
DECLARE_ROWS(unpack_a4w4);
DECLARE_ROWS(unpack_a4w2);
DECLARE_ROWS(unpack_a2w8);
DECLARE_ROWS(unpack_a2w4);
DECLARE_ROWS(unpack_a2w2);

// [activations][weights]
FLEXV_TCDM_DATA static RowsInstances instances[3][3] = {
    {ROWS_INSTANCES(unpack_a2w2, KERNELS_HAVE_PRODUCT(0, 0)),
     ROWS_INSTANCES(unpack_a2w4, KERNELS_HAVE_PRODUCT(0, 1)),
     ROWS_INSTANCES(unpack_a2w8, KERNELS_HAVE_PRODUCT(0, 2))},
    {ROWS_INSTANCES(unpack_a4w2, KERNELS_HAVE_PRODUCT(1, 0)),
     ROWS_INSTANCES(unpack_a4w4, KERNELS_HAVE_PRODUCT(1, 1)),
     ROWS_INSTANCES(unpack_a4w8, KERNELS_HAVE_PRODUCT(1, 2))},
    {ROWS_INSTANCES(unpack_a8w2, KERNELS_HAVE_PRODUCT(2, 0)),
     ROWS_INSTANCES(unpack_a8w4, KERNELS_HAVE_PRODUCT(2, 1)),
     ROWS_INSTANCES(unpack_a8w8, KERNELS_HAVE_PRODUCT(2, 2))},
};

static inline RowsKernel* choose_rows(struct Rows* rows, const struct Precision* p,
                                      const struct Matmul* m) {
    (void)m;
    rows->in_columns = false;
    rows->log2_pixels = 1;
    return instance_for(&instances[width_index(p->activation_bits)][width_index(p->weight_bits)],
                        p);
}

#endif
