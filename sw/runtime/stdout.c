// SPDX-License-Identifier: Apache-2.0
// stdio on the virtual stdout: each core has its own port, and the platform prints whole lines, so
// lines of different cores never mix.
#include "cluster_control.h"
#include "flexv/clusters.h"

#include <stdio.h>

static int put_character(char character, FILE* file) {
    (void)file;
    io_write(STDOUT_PORT + 8 * (core_id() + 16 * cluster_id()), (uint8_t)character);
    return (uint8_t)character;
}

static FILE console = FDEV_SETUP_STREAM(put_character, NULL, NULL, _FDEV_SETUP_WRITE);

FILE* const stdout = &console;
FILE* const stderr = &console;
FILE* const stdin = NULL;
