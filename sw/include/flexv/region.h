// SPDX-License-Identifier: Apache-2.0
// Named regions of a program, for which the platform reports cycles, MACs and energy. The markers
// are nops of one cycle on silicon; the names never reach memory.
#ifndef FLEXV_REGION_H
#define FLEXV_REGION_H

/// Names region `id` (1..2047, a literal) for the report; at file scope, once in a program. Each
/// record of the ELF section .flexv.regions (not loaded): 32-bit id, then the name with its
/// terminating NUL, padded with NULs to a multiple of 4 bytes.
#define FLEXV_REGION(id, name)                           \
    __asm__(                                             \
        ".pushsection .flexv.regions, \"\", @progbits\n" \
        ".balign 4\n"                                    \
        ".4byte " #id                                    \
        "\n"                                             \
        ".asciz \"" name                                 \
        "\"\n"                                           \
        ".balign 4\n"                                    \
        ".popsection")

/// A region runs from the first core's begin to the last core's end.
#define FLEXV_REGION_BEGIN(id) __asm__ volatile("slti x0, x0, %0" : : "i"(id) : "memory")
#define FLEXV_REGION_END(id) __asm__ volatile("sltiu x0, x0, %0" : : "i"(id) : "memory")

#endif
