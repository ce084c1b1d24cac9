// SPDX-License-Identifier: Apache-2.0
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

enum { kRefused = 90 };

_Noreturn void kernel_refuse(const char* rule) {
    printf("refused: %s\n", rule);
    exit(kRefused);
}
