// SPDX-License-Identifier: Apache-2.0
// How the layers divide their work.
#ifndef FLEXV_SHARE_H
#define FLEXV_SHARE_H

#include "flexv/intrinsics.h"

#include <stdbool.h>
#include <stdint.h>

struct Range {
    uint32_t begin, end;
};

/// Quotient. The divider takes a cycle for each leading zero of the divisor, so powers of two,
/// which most numbers of cores and blocks are, are worth a shift. It goes straight on: a division
/// behind a branch that leaves it out takes its cycles nevertheless.
static inline uint32_t quotient(uint32_t dividend, uint32_t divisor) {
    const bool is_power = (divisor & (divisor - 1)) == 0;
    return __builtin_expect(is_power, true) ? dividend >> p_ff1(divisor) : dividend / divisor;
}

/// The share of `worker` of equal pieces; the first workers get one more.
static inline struct Range share_of(uint32_t total, uint32_t worker, uint32_t workers) {
    const uint32_t part = quotient(total, workers);
    const uint32_t rest = total - part * workers;
    const uint32_t begin = worker * part + p_minu(worker, rest);
    return (struct Range){begin, begin + part + (worker < rest)};
}

#endif
