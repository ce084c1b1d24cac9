// SPDX-License-Identifier: Apache-2.0
// The allocator of flexv/l1.h: a pointer that only moves up.
#include "flexv/l1.h"

#include "flexv/team.h"

void* l1_alloc(size_t bytes) {
    const uint32_t start = (flexv_team.heap_next + 15) & ~15u;
    if (start > flexv_team.heap_end || bytes > flexv_team.heap_end - start) {
        return NULL;
    }
    flexv_team.heap_next = start + bytes;
    return (void*)start;
}

size_t l1_free_bytes(void) { return flexv_team.heap_end - flexv_team.heap_next; }
