// SPDX-License-Identifier: Apache-2.0
// Memory of the TCDM between the program's own TCDM data and the stacks, given out for good.
#ifndef FLEXV_L1_H
#define FLEXV_L1_H

#include <stddef.h>

/// `bytes` of TCDM, aligned to 16 bytes (4 banks); NULL when the rest is too small. Not protected:
/// one core allocates, then a barrier.
void* l1_alloc(size_t bytes);

/// Bytes that l1_alloc can still give.
size_t l1_free_bytes(void);

#endif
