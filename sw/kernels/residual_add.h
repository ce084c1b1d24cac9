// SPDX-License-Identifier: Apache-2.0
// Addition of two tensors of equal shape, with requantisation:
//   output = (a * multiplier_a + b * multiplier_b + bias) >> shift, clipped to the output's range
#ifndef FLEXV_RESIDUAL_ADD_H
#define FLEXV_RESIDUAL_ADD_H

#include <stdbool.h>
#include <stdint.h>

/// One operand or the result, aligned to four numbers.
struct Addend {
    uint8_t bits;  ///< 8, 4, 2
    bool is_signed;
};

/// One layer, in the TCDM. The sum must fit 32 bits.
struct ResidualAdd {
    struct Addend a, b, output;
    const uint8_t* a_values;
    const uint8_t* b_values;
    uint8_t* output_values;
    int32_t multiplier_a, multiplier_b, bias;
    uint32_t shift;  ///< 0..31
    uint32_t count;  ///< numbers, a multiple of 4
};

/// Computes the share of `worker`. Refuses a count that is no multiple of 4.
void residual_add(const struct ResidualAdd* layer, uint32_t worker, uint32_t workers);

#endif
