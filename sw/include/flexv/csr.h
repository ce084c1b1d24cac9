// SPDX-License-Identifier: Apache-2.0
// CSRs of the custom extensions, for C and assembly.
#ifndef FLEXV_CSR_H
#define FLEXV_CSR_H

// Status-based SIMD (ISA specification, 3.2).
#define CSR_SIMD_FORMAT 0x00D  ///< lane format, one of FORMAT_*
#define CSR_MIXED_SLICE 0x00E  ///< slice of the narrow operand; hardware steps it
#define CSR_MIXED_SKIP 0x00F   ///< dot products a slice
#define CSR_SIMD_LEGACY 0x010  ///< 1: formats come from the instruction; 0: from CSR_SIMD_FORMAT

// Mac&Load addresses (3.3). Every access to an address CSR restarts its update counter.
#define CSR_A_ADDRESS 0x100
#define CSR_W_ADDRESS 0x101
#define CSR_A_STRIDE 0x102    ///< bytes, signed
#define CSR_W_STRIDE 0x103    ///< bytes, signed
#define CSR_A_ROLLBACK 0x104  ///< bytes, signed: the step after A_SKIP strides
#define CSR_W_ROLLBACK 0x105  ///< bytes, signed
#define CSR_A_SKIP 0x106      ///< strides before a rollback
#define CSR_W_SKIP 0x107      ///< strides before a rollback

// Values of CSR_SIMD_FORMAT: width of activations, then of weights.
#define FORMAT_16X16 1
#define FORMAT_8X8 2
#define FORMAT_4X4 3
#define FORMAT_2X2 4
#define FORMAT_4X2 5
#define FORMAT_8X2 6
#define FORMAT_16X2 7
#define FORMAT_8X4 8
#define FORMAT_16X4 9
#define FORMAT_16X8 10

#endif
