// SPDX-License-Identifier: Apache-2.0
// The last layer of a classifier, whose results are not quantised again: sums of 32 bits.
#ifndef FLEXV_NETWORK_SUMS_H
#define FLEXV_NETWORK_SUMS_H

#include "conv2d.h"

/// sum + bias of each output channel of a layer whose kernel covers the whole input (a fully
/// connected one); the output is int32_t [channels]. Multipliers are ignored. Where `continues`,
/// the output is that of other input channels, to which these are added. Computes the share of
/// `worker`.
void dense_sums(const struct Conv2d* layer, bool continues, uint32_t worker, uint32_t workers);

#endif
