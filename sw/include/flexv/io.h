// SPDX-License-Identifier: Apache-2.0
// Access to memory-mapped registers; the only place where an integer becomes a pointer.
#ifndef FLEXV_IO_H
#define FLEXV_IO_H

#include <stdint.h>

static inline void io_write(uint32_t address, uint32_t value) {
    *(volatile uint32_t*)address = value;
}

/// Ordinary memory accesses before this point stay before it, and those behind it behind.
static inline void compiler_fence(void) { __asm__ volatile("" : : : "memory"); }

static inline uint32_t io_read(uint32_t address) { return *(volatile uint32_t*)address; }

#endif
