// SPDX-License-Identifier: Apache-2.0
// The end of a run: the exit code goes to the registers that a test bench, or a SoC, watches.
#include "cluster_control.h"
#include "flexv/io.h"

#include <stdlib.h>
#include <unistd.h>

enum { kAbortCode = 86, kLargestCode = 0x3fffffff };

/// The registers hold 31 bits of a code, the last one says that it is valid. What does not fit
/// saturates, so that no failure looks like a success.
static uint32_t status_of(int code) {
    if (code > kLargestCode)
        code = kLargestCode;
    if (code < -kLargestCode - 1)
        code = -kLargestCode - 1;
    return (uint32_t)code | RETURN_VALID;
}

void _exit(int code) {
    const uint32_t status = status_of(code);
#ifndef FLEXV_CLUSTERS  // where one cluster of several says that it has ended, the others go on
    io_write(CLUSTER_CONTROL + CLUSTER_CONTROL_RETURN, status);
    io_write(CLUSTER_CONTROL + CLUSTER_CONTROL_EOC, 1);
#endif
    io_write(SOC_CORE_STATUS, status);  // reached only where a fabric controller started the run
    for (;;) {
    }
}

/// Ends the run for all cores with `code`. There is nothing to flush: stdout is not buffered here.
void exit(int code) { _exit(code); }

void abort(void) { _exit(kAbortCode); }
