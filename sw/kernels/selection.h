// SPDX-License-Identifier: Apache-2.0
// Which instances of the kernels a program links: all of them, or those that a network needs, whose
// project defines the masks (scripts/deploy). All instances for Flex-V take 150 KiB of L2, those of
// a network 10 to 30. A product or layer of an instance that is left out is refused.
#ifndef FLEXV_SELECTION_H
#define FLEXV_SELECTION_H

// Widths 2, 4, 8 bits are numbers 0, 1, 2; sums are 3.
#ifndef KERNELS_PRODUCTS
#define KERNELS_PRODUCTS 0x1FF  ///< bit 3 * width of activations + width of weights
#endif
#ifndef KERNELS_SIGNS
#define KERNELS_SIGNS 3  ///< of a product's activations: bit 0 unsigned, bit 1 signed
#endif
#ifndef KERNELS_RESULTS
#define KERNELS_RESULTS 0xFF  ///< of a product: bit 4 * is signed + width
#endif
#ifndef KERNELS_DEPTHWISE
#define KERNELS_DEPTHWISE 0x3F  ///< inputs of depthwise layers: bit 3 * is signed + width
#endif
#ifndef KERNELS_DEPTHWISE_RESULTS
#define KERNELS_DEPTHWISE_RESULTS 7  ///< bit: width
#endif

#define KERNELS_HAVE(mask, bit) (((mask) >> (bit)) & 1)
#define KERNELS_HAVE_PRODUCT(activations, weights) \
    KERNELS_HAVE(KERNELS_PRODUCTS, 3 * (activations) + (weights))

#endif
