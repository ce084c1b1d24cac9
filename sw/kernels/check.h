// SPDX-License-Identifier: Apache-2.0
// Refusal of operands that a kernel cannot handle.
#ifndef FLEXV_CHECK_H
#define FLEXV_CHECK_H

#include <stdbool.h>

/// Prints what is wrong and ends the run with exit code 90.
_Noreturn void kernel_refuse(const char* rule);

/// `rule` says what must hold.
static inline void kernel_check(bool holds, const char* rule) {
    if (!holds) {
        kernel_refuse(rule);
    }
}

#endif
