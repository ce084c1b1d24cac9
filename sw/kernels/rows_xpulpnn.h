// SPDX-License-Identifier: Apache-2.0
// XpulpNN: Mac&Load for equal widths, unpacking for the others.
#ifndef FLEXV_ROWS_XPULPNN_H
#define FLEXV_ROWS_XPULPNN_H

#include "flexv/flexv.h"
#include "rows_table.h"

DECLARE_ROWS(legacy_b);
DECLARE_ROWS(legacy_n);
DECLARE_ROWS(legacy_c);
DECLARE_ROWS(unpack_a8w4);
DECLARE_ROWS(unpack_a8w2);
DECLARE_ROWS(unpack_a4w8);
DECLARE_ROWS(unpack_a4w2);
DECLARE_ROWS(unpack_a2w8);
DECLARE_ROWS(unpack_a2w4);

// [activations][weights]
FLEXV_TCDM_DATA static RowsInstances instances[3][3] = {
    {ROWS_INSTANCES(legacy_c, KERNELS_HAVE_PRODUCT(0, 0)),
     ROWS_INSTANCES(unpack_a2w4, KERNELS_HAVE_PRODUCT(0, 1)),
     ROWS_INSTANCES(unpack_a2w8, KERNELS_HAVE_PRODUCT(0, 2))},
    {ROWS_INSTANCES(unpack_a4w2, KERNELS_HAVE_PRODUCT(1, 0)),
     ROWS_INSTANCES(legacy_n, KERNELS_HAVE_PRODUCT(1, 1)),
     ROWS_INSTANCES(unpack_a4w8, KERNELS_HAVE_PRODUCT(1, 2))},
    {ROWS_INSTANCES(unpack_a8w2, KERNELS_HAVE_PRODUCT(2, 0)),
     ROWS_INSTANCES(unpack_a8w4, KERNELS_HAVE_PRODUCT(2, 1)),
     ROWS_INSTANCES(legacy_b, KERNELS_HAVE_PRODUCT(2, 2))},
};

static inline RowsKernel* choose_rows(struct Rows* rows, const struct Precision* p,
                                      const struct Matmul* m) {
    (void)m;
    rows->in_columns = false;
    rows->log2_pixels = p->activation_bits == p->weight_bits ? 2 : 1;
    return instance_for(&instances[width_index(p->activation_bits)][width_index(p->weight_bits)],
                        p);
}

#endif
