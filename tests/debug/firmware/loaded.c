// SPDX-License-Identifier: Apache-2.0
// What a debugger loads over another firmware: code and data in L2, data in the TCDM. VALUE is in all of
// them; every core has to find it.
#include "flexv/flexv.h"

#ifndef VALUE
#define VALUE 1
#endif

FLEXV_TCDM_DATA volatile uint32_t in_tcdm[3] = {VALUE, VALUE + 1, VALUE + 2};
volatile uint32_t in_l2[3] = {VALUE, VALUE + 1, VALUE + 2};
FLEXV_TCDM_BSS static volatile uint32_t right[32];

__attribute__((noinline)) uint32_t value_of_code(void) { return VALUE; }

int main(void) {
    right[core_id()] = value_of_code() == in_l2[0] && in_tcdm[2] == in_l2[2];
    barrier();
    uint32_t sum = 0;
    for (uint32_t core = 0; core_id() == 0 && core < flexv_team.core_count; ++core)
        sum += right[core];
    return (int)(10 * in_tcdm[0] + sum);
}
