// SPDX-License-Identifier: Apache-2.0
// How the layers divide their work.
#ifndef FLEXV_SHARE_H
#define FLEXV_SHARE_H

#include <stdint.h>

struct Range {
    uint32_t begin, end;
};

/// Quotient; the divisor is below 2^16. The divider takes a cycle for each leading zero of the divisor.
static inline uint32_t divide_short(uint32_t dividend, uint32_t divisor) {
    return dividend >> 16 != 0 ? dividend / divisor : (dividend << 16) / (divisor << 16);
}

/// The share of `worker` of equal pieces; the first workers get one more.
static inline struct Range share_of(uint32_t total, uint32_t worker, uint32_t workers) {
    const uint32_t part = divide_short(total, workers);
    const uint32_t rest = total - part * workers;
    const uint32_t begin = worker * part + (worker < rest ? worker : rest);
    return (struct Range){begin, begin + part + (worker < rest)};
}

#endif
