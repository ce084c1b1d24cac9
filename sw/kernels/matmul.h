// SPDX-License-Identifier: Apache-2.0
// Matrix product of quantised numbers, the heart of all layers but the depthwise ones:
//   sum    = activations[p][0] * weights[c][0] + activations[p][1] * weights[c][1] + ...
//   output = ((sum + bias[c]) * multiplier[c]) >> shift, clipped to the output's range
// (for outputs without sign that is a ReLU), for every combination of 8, 4 and 2 bits. Numbers
// narrower than a byte lie in it from the low end. Outputs of 32 bits are sums that continue
// others: a product whose depth is divided, whose last part is requantised by requantise_sums().
#ifndef FLEXV_MATMUL_H
#define FLEXV_MATMUL_H

#include <stdbool.h>
#include <stdint.h>

/// Widths of a layer's numbers: 8, 4 or 2 bits each; outputs also 32. Weights are signed.
struct Precision {
    _Alignas(4) uint8_t activation_bits;
    uint8_t weight_bits, output_bits;
    bool activation_signed, output_signed;
};

/// Requantisation of one output channel: (sum + bias) * multiplier, which must fit 32 bits. In
/// libraries with FLEXV_BIAS_IN_PRODUCT sum * multiplier + bias, which need not be a multiple of
/// the multiplier: more exact, and 20 instructions more for a block of 16. Depthwise layers have
/// the first form in all libraries.
struct ChannelScale {
    int32_t bias;
    int32_t multiplier;
};

/// Batch normalisation (kappa * sum + lambda) as a scale. The bias is rounded to a whole sum, which
/// moves a product by kappa / 2 at most.
static inline struct ChannelScale scale_of_batch_norm(int32_t kappa, int32_t lambda) {
    const int32_t half = kappa / 2;
    return (struct ChannelScale){(lambda + (lambda < 0 ? -half : half)) / kappa, kappa};
}

/// Requantisation of a layer.
struct Requantisation {
    const struct ChannelScale* scales;  ///< [channels], in the TCDM
    uint32_t shift;                     ///< 16..31 for outputs of 8 bits, 24 for those of 4 and 2
    int16_t low, high;  ///< outputs of 8 bits are clipped to this; both 0: to all that 8 bits hold
};

/// One product. All operands lie in the TCDM: Mac&Load needs single-cycle memory.
struct Matmul {
    struct Precision precision;
    const uint8_t* activations;  ///< [pixels][depth], word-aligned
    const uint8_t* weights;      ///< [channels][depth], word-aligned, rows of matmul_weight_bytes()
    uint8_t* output;  ///< [pixels][channels]; fastest aligned to four results; sums: to words
    struct Requantisation requantisation;
    uint32_t activation_pitch;  ///< bytes from pixel to pixel, a multiple of 4
    uint32_t weight_pitch;      ///< bytes from channel to channel, a multiple of 4
    uint32_t output_pitch;      ///< bytes from pixel to pixel
    uint32_t depth, pixels, channels;
    int32_t start;  ///< outputs of 32 bits: bytes from each of them to the sum that it starts from
};

/// Whether the shift suits the width of the outputs.
static inline bool is_shift_valid(const struct Precision* precision, uint32_t shift) {
    return precision->output_bits == 8 ? shift - 16 < 16
                                       : shift == 24 || precision->output_bits == 32;
}

/// Bytes of a row of weights: the last ones are zeros that fill up the kernel's last step, so that
/// it does not matter which numbers lie behind a row of activations.
uint32_t matmul_weight_bytes(const struct Precision* precision, uint32_t depth);

/// Bytes from row to row, at least `row_bytes`, with which four rows lie in different banks of the
/// TCDM whichever word of them is read: 4 or 12 words modulo 16.
static inline uint32_t matmul_pitch(uint32_t row_bytes) {
    const uint32_t words = (row_bytes + 3) / 4;
    const uint32_t sixteenth = words & 15;
    const uint32_t best = sixteenth <= 4 ? 4 : sixteenth <= 12 ? 12 : 20;
    return 4 * (words - sixteenth + best);
}

/// Weights that start this many words (modulo 4) behind the bank in which the activations start let
/// harts that run a few cycles apart meet in no bank.
enum { kMatmulSkewWords = 2 };

/// Computes the share of `worker` (0 .. workers - 1). Shares may overlap at the edges, with equal
/// results. The last channels of a number that is no multiple of 4 are computed by plain C, which
/// is slower; so is a product with fewer pixels than a block has. Up to four rows behind the
/// weights, two behind the activations and a word behind each row are read and ignored. Stops the
/// program with a message where the operands break a rule above.
void matmul(const struct Matmul* matmul, uint32_t worker, uint32_t workers);

/// One output, in plain C; of outputs of 32 bits the sum with the one that it starts from.
int32_t matmul_output(const struct Matmul* matmul, uint32_t pixel, uint32_t channel);

/// All of them: the same as matmul(), for tests.
void matmul_plain(const struct Matmul* matmul, uint32_t worker, uint32_t workers);

#endif
