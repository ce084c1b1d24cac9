// SPDX-License-Identifier: Apache-2.0
// Every core says hello, in order of their numbers.
#include "flexv/flexv.h"

#include <stdio.h>

int main(void) {
    for (uint32_t turn = 0; turn < core_count(); ++turn) {
        if (core_id() == turn) {
            printf("hello from core %u of %u\n", (unsigned)turn, (unsigned)core_count());
        }
        barrier();
    }
    return 0;
}
