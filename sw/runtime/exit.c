// SPDX-License-Identifier: Apache-2.0
// The end of a run: the exit code goes to the registers that a test bench, or a SoC, watches.
#include "cluster_control.h"
#include "flexv/io.h"

#include <stdlib.h>
#include <unistd.h>

enum { kAbortCode = 86 };

void _exit(int code) {
    const uint32_t status = (uint32_t)code | RETURN_VALID;
    io_write(CLUSTER_CONTROL + CLUSTER_CONTROL_RETURN, status);
    io_write(CLUSTER_CONTROL + CLUSTER_CONTROL_EOC, 1);
    io_write(SOC_CORE_STATUS, status);  // reached only where a fabric controller started the run
    for (;;) {
    }
}

/// Ends the run for all cores with `code`. There is nothing to flush: stdout is not buffered here.
void exit(int code) { _exit(code); }

void abort(void) { _exit(kAbortCode); }
