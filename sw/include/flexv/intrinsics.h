// SPDX-License-Identifier: Apache-2.0
// The custom instructions for C, each a static inline function named after it. Vectors are words:
// `h` two halfwords, `b` four bytes, lane 0 in the low bits; `v` lanes as CSR_SIMD_FORMAT says, in
// status mode (CSR_SIMD_LEGACY = 0). Functions for `h` and `b` need legacy mode, the state after
// reset. Immediates must be constants. Semantics: docs/reference/isa.csv.
#ifndef FLEXV_INTRINSICS_H
#define FLEXV_INTRINSICS_H

#include "flexv/csr.h"

#include <stdint.h>

__asm__(".include \"flexv/isa.inc\"");

/// What the compiler may rely on: that a loop runs at least once, which makes do ... while loops
/// hardware loops under flexv-cc. Nothing is checked.
#define flexv_assume(condition)      \
    do {                             \
        if (!(condition)) {          \
            __builtin_unreachable(); \
        }                            \
    } while (0)

// ---- CSRs -------------------------------------------------------------------------------------

#define csr_read(number)                                                            \
    __extension__({                                                                 \
        uint32_t csr_value;                                                         \
        __asm__ volatile("csrr %0, %1" : "=r"(csr_value) : "i"(number) : "memory"); \
        csr_value;                                                                  \
    })

#define csr_write(number, value) \
    __asm__ volatile("csrw %0, %1" : : "i"(number), "rK"((uint32_t)(value)) : "memory")

/// Loads a word from `address` (p.elw); the core sleeps until the event unit answers. `address`
/// must be one of its sleeping registers.
static inline uint32_t event_load(uint32_t address) {
    uint32_t value;
    __asm__ volatile("p.elw %0, 0, %1" : "=&r"(value) : "r"(address) : "memory");
    return value;
}

// ---- Packed vectors and formats ---------------------------------------------------------------
// Types say what is in a word; C has none for 4 and 2 bits.

typedef uint32_t packed_int16x2, packed_uint16x2, packed_int8x4, packed_uint8x4;
typedef uint32_t packed_int4x8, packed_uint4x8, packed_int2x16, packed_uint2x16;

enum PackedFormat {
    kFormat_a16w16 = FORMAT_16X16,
    kFormat_a8w8 = FORMAT_8X8,
    kFormat_a4w4 = FORMAT_4X4,
    kFormat_a2w2 = FORMAT_2X2,
    kFormat_a4w2 = FORMAT_4X2,
    kFormat_a8w2 = FORMAT_8X2,
    kFormat_a16w2 = FORMAT_16X2,
    kFormat_a8w4 = FORMAT_8X4,
    kFormat_a16w4 = FORMAT_16X4,
    kFormat_a16w8 = FORMAT_16X8,
};

#define FLEXV_SCOPE static inline __attribute__((always_inline)) int

/// Status mode with a format. Slices start at the first one and change with every `products`-th dot
/// product, whatever was computed before. The core sees the last write of a mode one instruction
/// late.
FLEXV_SCOPE format_begin(uint32_t format, uint32_t products) {
    if (products != 1) {  // a product with a slice of one clears what others have counted
        csr_write(CSR_MIXED_SKIP, 0);
        __asm__ volatile("nop\n\tpv.dotup.h t0, zero, zero" : : : "t0", "memory");
    }
    csr_write(CSR_SIMD_FORMAT, format);
    csr_write(CSR_MIXED_SLICE, 0);
    csr_write(CSR_MIXED_SKIP, products);
    csr_write(CSR_SIMD_LEGACY, 0);
    __asm__ volatile("nop" : : : "memory");
    return 1;
}
FLEXV_SCOPE format_end(void) {
    csr_write(CSR_SIMD_LEGACY, 1);
    csr_write(CSR_MIXED_SKIP, 0);  // other dot products shall not count
    csr_write(CSR_SIMD_FORMAT, 0);
    return 0;
}
FLEXV_SCOPE legacy_lanes_begin(void) {
    csr_write(CSR_SIMD_LEGACY, 1);
    return 1;
}
FLEXV_SCOPE legacy_lanes_end(void) {
    csr_write(CSR_SIMD_LEGACY, 0);
    return 0;
}

/// with_format(a8w4) { ... }: functions pv_..._v in the block work on 8-bit activations, in the
/// first operand, and 4-bit weights, in the second. Not to be left by break, goto or return.
/// Functions called from it must not use lanes of their own.
#define with_format(format) with_format_of(kFormat_##format, 1)
/// The same with a format that is known when the program runs, and slices that change with every
/// `products`-th product: for kernels, where several sums meet the same operands.
#define with_format_of(format, products)                                                \
    for (int format_is_set = format_begin((uint32_t)(format), products); format_is_set; \
         format_is_set = format_end())
/// with_legacy_lanes { ... } inside of it: functions pv_..._b and pv_..._h. The first instruction
/// of the block must not work on lanes, which flexv-cc sees to.
#define with_legacy_lanes                                         \
    for (int lanes_are_set = legacy_lanes_begin(); lanes_are_set; \
         lanes_are_set = legacy_lanes_end())

// ---- Shapes of instructions -------------------------------------------------------------------
// Each line below defines the function `name` for the instruction `text`.

#define FLEXV_ASM __asm__

#define FLEXV_UNARY(name, type, text)                      \
    static inline type name(type a) {                      \
        type result;                                       \
        FLEXV_ASM(text " %0, %1" : "=r"(result) : "r"(a)); \
        return result;                                     \
    }
#define FLEXV_BINARY(name, type, text)                                 \
    static inline type name(type a, type b) {                          \
        type result;                                                   \
        FLEXV_ASM(text " %0, %1, %2" : "=r"(result) : "r"(a), "r"(b)); \
        return result;                                                 \
    }
/// The first argument is accumulated on.
#define FLEXV_TERNARY(name, type, text)                             \
    static inline type name(type sum, type a, type b) {             \
        FLEXV_ASM(text " %0, %1, %2" : "+r"(sum) : "r"(a), "r"(b)); \
        return sum;                                                 \
    }

// ---- Scalars ----------------------------------------------------------------------------------

FLEXV_UNARY(p_abs, int32_t, "p.abs")  ///< |a|; INT32_MIN stays
FLEXV_BINARY(p_min, int32_t, "p.min")
FLEXV_BINARY(p_max, int32_t, "p.max")
FLEXV_BINARY(p_minu, uint32_t, "p.minu")
FLEXV_BINARY(p_maxu, uint32_t, "p.maxu")
FLEXV_BINARY(p_slet, int32_t, "p.slet")     ///< a <= b
FLEXV_BINARY(p_sletu, uint32_t, "p.sletu")  ///< a <= b
FLEXV_UNARY(p_exths, int32_t, "p.exths")    ///< sign-extended low halfword
FLEXV_UNARY(p_exthz, uint32_t, "p.exthz")
FLEXV_UNARY(p_extbs, int32_t, "p.extbs")  ///< sign-extended low byte
FLEXV_UNARY(p_extbz, uint32_t, "p.extbz")
FLEXV_TERNARY(p_mac, int32_t, "p.mac")    ///< sum + a * b
FLEXV_TERNARY(p_msu, int32_t, "p.msu")    ///< sum - a * b
FLEXV_BINARY(p_muls, int32_t, "p.muls")   ///< product of the low halfwords, signed
FLEXV_BINARY(p_mulu, uint32_t, "p.mulu")  ///< the same without signs
FLEXV_TERNARY(p_macs, int32_t, "p.macs")  ///< sum + product of the low halfwords, signed
FLEXV_TERNARY(p_macu, uint32_t, "p.macu")

/// p.clip: a clipped to -2^(bits-1) .. 2^(bits-1) - 1, bits = 1..31.
#define p_clip(a, bits) FLEXV_IMMEDIATE(int32_t, "p.clip %0, %1, %2", a, bits)
/// p.clipu: a clipped to 0 .. 2^(bits-1) - 1.
#define p_clipu(a, bits) FLEXV_IMMEDIATE(int32_t, "p.clipu %0, %1, %2", a, bits)
/// p.clipr: a clipped to -b-1 .. b, 0 <= b < 2^30.
FLEXV_BINARY(p_clipr, int32_t, "p.clipr")
/// p.clipur: a clipped to 0 .. b.
FLEXV_BINARY(p_clipur, int32_t, "p.clipur")

#define FLEXV_IMMEDIATE(type, text, a, immediate)                                    \
    __extension__({                                                                  \
        type immediate_result;                                                       \
        __asm__(text : "=r"(immediate_result) : "r"((uint32_t)(a)), "i"(immediate)); \
        immediate_result;                                                            \
    })
#define FLEXV_IMMEDIATE_2(type, text, a, b, immediate)                     \
    __extension__({                                                        \
        type immediate_result;                                             \
        __asm__(text                                                       \
                : "=r"(immediate_result)                                   \
                : "r"((uint32_t)(a)), "r"((uint32_t)(b)), "i"(immediate)); \
        immediate_result;                                                  \
    })
#define FLEXV_FIELD(type, text, a, bits, lsb)                                             \
    __extension__({                                                                       \
        type field_result;                                                                \
        __asm__(text : "=r"(field_result) : "r"((uint32_t)(a)), "i"((bits)-1), "i"(lsb)); \
        field_result;                                                                     \
    })

/// p.addn, p.subn: (a +- b) >> shift; p_addrn, p_subrn round; u: logical shift.
#define p_addn(a, b, shift) FLEXV_IMMEDIATE_2(int32_t, "p.addn %0, %1, %2, %3", a, b, shift)
#define p_addrn(a, b, shift) FLEXV_IMMEDIATE_2(int32_t, "p.addrn %0, %1, %2, %3", a, b, shift)
#define p_addun(a, b, shift) FLEXV_IMMEDIATE_2(uint32_t, "p.addun %0, %1, %2, %3", a, b, shift)
#define p_subn(a, b, shift) FLEXV_IMMEDIATE_2(int32_t, "p.subn %0, %1, %2, %3", a, b, shift)
#define p_subrn(a, b, shift) FLEXV_IMMEDIATE_2(int32_t, "p.subrn %0, %1, %2, %3", a, b, shift)
/// p.mulsn: product of the low halfwords >> shift; p_mulsrn rounds.
#define p_mulsn(a, b, shift) FLEXV_IMMEDIATE_2(int32_t, "p.mulsn %0, %1, %2, %3", a, b, shift)
#define p_mulsrn(a, b, shift) FLEXV_IMMEDIATE_2(int32_t, "p.mulsrn %0, %1, %2, %3", a, b, shift)

// ---- Bits -------------------------------------------------------------------------------------

FLEXV_UNARY(p_ff1, uint32_t, "p.ff1")   ///< index of the lowest bit that is set; 32 for 0
FLEXV_UNARY(p_fl1, uint32_t, "p.fl1")   ///< index of the highest bit that is set; 32 for 0
FLEXV_UNARY(p_clb, uint32_t, "p.clb")   ///< leading bits equal to the sign, less one; 0 for 0
FLEXV_UNARY(p_cnt, uint32_t, "p.cnt")   ///< bits that are set
FLEXV_BINARY(p_ror, uint32_t, "p.ror")  ///< a rotated right by b
/// p.extract, p.extractu: `bits` bits of a from `lsb` on, sign-extended or not.
#define p_extract(a, bits, lsb) FLEXV_FIELD(int32_t, "p.extract %0, %1, %2, %3", a, bits, lsb)
#define p_extractu(a, bits, lsb) FLEXV_FIELD(uint32_t, "p.extractu %0, %1, %2, %3", a, bits, lsb)
/// p.bset, p.bclr: a with these bits set or cleared.
#define p_bset(a, bits, lsb) FLEXV_FIELD(uint32_t, "p.bset %0, %1, %2, %3", a, bits, lsb)
#define p_bclr(a, bits, lsb) FLEXV_FIELD(uint32_t, "p.bclr %0, %1, %2, %3", a, bits, lsb)
/// p.insert: `into` with these bits replaced by the low ones of a.
#define p_insert(into, a, bits, lsb)                            \
    __extension__({                                             \
        uint32_t insert_result = (uint32_t)(into);              \
        __asm__("p.insert %0, %1, %2, %3"                       \
                : "+r"(insert_result)                           \
                : "r"((uint32_t)(a)), "i"((bits)-1), "i"(lsb)); \
        insert_result;                                          \
    })
/// p.bitrev: all bits in reverse order.
static inline uint32_t p_bitrev(uint32_t a) {
    uint32_t result;
    __asm__("p.bitrev %0, %1, 0, 0" : "=r"(result) : "r"(a));
    return result;
}

// ---- SIMD -------------------------------------------------------------------------------------
// pv_add_b(a, b): lanes a + b; pv_add_sc_b(a, b): lane 0 of b for all lanes. Volatile, because what
// they do depends on CSRs: the compiler must not move them across csr_write().

#undef FLEXV_ASM
#define FLEXV_ASM __asm__ volatile

#define FLEXV_SIMD(name, text)                        \
    FLEXV_BINARY(name##_h, uint32_t, text ".h")       \
    FLEXV_BINARY(name##_b, uint32_t, text ".b")       \
    FLEXV_BINARY(name##_v, uint32_t, text ".v")       \
    FLEXV_BINARY(name##_sc_h, uint32_t, text ".sc.h") \
    FLEXV_BINARY(name##_sc_b, uint32_t, text ".sc.b") \
    FLEXV_BINARY(name##_sc_v, uint32_t, text ".sc.v")

FLEXV_SIMD(pv_add, "pv.add")
FLEXV_SIMD(pv_sub, "pv.sub")
FLEXV_SIMD(pv_avg, "pv.avg")    ///< (a + b) >> 1; the carry is lost
FLEXV_SIMD(pv_avgu, "pv.avgu")  ///< the same without signs
FLEXV_SIMD(pv_min, "pv.min")
FLEXV_SIMD(pv_minu, "pv.minu")
FLEXV_SIMD(pv_max, "pv.max")
FLEXV_SIMD(pv_maxu, "pv.maxu")
FLEXV_SIMD(pv_srl, "pv.srl")
FLEXV_SIMD(pv_sra, "pv.sra")
FLEXV_SIMD(pv_sll, "pv.sll")
FLEXV_SIMD(pv_and, "pv.and")
FLEXV_SIMD(pv_or, "pv.or")
FLEXV_SIMD(pv_xor, "pv.xor")
FLEXV_SIMD(pv_cmpeq, "pv.cmpeq")  ///< comparisons: all bits of a lane, or none
FLEXV_SIMD(pv_cmpne, "pv.cmpne")
FLEXV_SIMD(pv_cmpgt, "pv.cmpgt")
FLEXV_SIMD(pv_cmpge, "pv.cmpge")
FLEXV_SIMD(pv_cmplt, "pv.cmplt")
FLEXV_SIMD(pv_cmple, "pv.cmple")
FLEXV_SIMD(pv_cmpgtu, "pv.cmpgtu")
FLEXV_SIMD(pv_cmpgeu, "pv.cmpgeu")
FLEXV_SIMD(pv_cmpltu, "pv.cmpltu")
FLEXV_SIMD(pv_cmpleu, "pv.cmpleu")
/// pv_sci_b(min, a, 15): lanes of a and a constant, -32..31, unsigned comparisons and shifts 0..63.
#define FLEXV_SCI(text, a, immediate)                           \
    __extension__({                                             \
        uint32_t sci_result;                                    \
        __asm__ volatile(text " %0, %1, %2"                     \
                         : "=r"(sci_result)                     \
                         : "r"((uint32_t)(a)), "i"(immediate)); \
        sci_result;                                             \
    })
#define pv_sci_h(operation, a, immediate) FLEXV_SCI("pv." #operation ".sci.h", a, immediate)
#define pv_sci_b(operation, a, immediate) FLEXV_SCI("pv." #operation ".sci.b", a, immediate)
#define pv_sci_v(operation, a, immediate) FLEXV_SCI("pv." #operation ".sci.v", a, immediate)
FLEXV_UNARY(pv_abs_h, uint32_t, "pv.abs.h")
FLEXV_UNARY(pv_abs_b, uint32_t, "pv.abs.b")

FLEXV_BINARY(pv_shuffle_h, uint32_t, "pv.shuffle.h")     ///< lanes of a, chosen by the lanes of b
FLEXV_BINARY(pv_shuffle_b, uint32_t, "pv.shuffle.b")     ///< lanes of a, chosen by the lanes of b
FLEXV_TERNARY(pv_shuffle2_h, uint32_t, "pv.shuffle2.h")  ///< 0, 1: of the first word, 2, 3: of a
FLEXV_TERNARY(pv_shuffle2_b, uint32_t, "pv.shuffle2.b")  ///< 0..3: of the first word, 4..7: of a
FLEXV_BINARY(pv_pack_h, uint32_t, "pv.pack.h")           ///< low halfword of a above that of b
FLEXV_BINARY(pv_packh_h, uint32_t, "pv.packh.h")         ///< high halfword of a above that of b
FLEXV_TERNARY(pv_packhi_b, uint32_t, "pv.packhi.b")  ///< bytes 3, 2 = low bytes of a, b; rest kept
FLEXV_TERNARY(pv_packlo_b, uint32_t, "pv.packlo.b")  ///< bytes 1, 0 = low bytes of a, b; rest kept

/// Lane `index` of a, sign-extended or not.
#define pv_extract_h(a, index) FLEXV_IMMEDIATE(int32_t, "pv.extract.h %0, %1, %2", a, index)
#define pv_extract_b(a, index) FLEXV_IMMEDIATE(int32_t, "pv.extract.b %0, %1, %2", a, index)
#define pv_extractu_h(a, index) FLEXV_IMMEDIATE(uint32_t, "pv.extractu.h %0, %1, %2", a, index)
#define pv_extractu_b(a, index) FLEXV_IMMEDIATE(uint32_t, "pv.extractu.b %0, %1, %2", a, index)

// ---- Dot products -----------------------------------------------------------------------------
// pv_dotsp_b(a, b): sum over the lanes of a * b; pv_sdotsp_b(sum, a, b) adds it to `sum`. up: no
// signs, usp: b is signed, sp: both are.

#define FLEXV_DOT(signs)                                                     \
    FLEXV_BINARY(pv_dot##signs##_h, uint32_t, "pv.dot" #signs ".h")          \
    FLEXV_BINARY(pv_dot##signs##_b, uint32_t, "pv.dot" #signs ".b")          \
    FLEXV_BINARY(pv_dot##signs##_v, uint32_t, "pv.dot" #signs ".v")          \
    FLEXV_TERNARY(pv_sdot##signs##_h, uint32_t, "pv.sdot" #signs ".h")       \
    FLEXV_TERNARY(pv_sdot##signs##_b, uint32_t, "pv.sdot" #signs ".b")       \
    FLEXV_TERNARY(pv_sdot##signs##_v, uint32_t, "pv.sdot" #signs ".v")       \
    FLEXV_TERNARY(pv_sdot##signs##_sc_h, uint32_t, "pv.sdot" #signs ".sc.h") \
    FLEXV_TERNARY(pv_sdot##signs##_sc_b, uint32_t, "pv.sdot" #signs ".sc.b")

FLEXV_DOT(up)
FLEXV_DOT(usp)
FLEXV_DOT(sp)

// ---- Mac&Load ---------------------------------------------------------------------------------
// sum += dot product of activation register 0..1 and weight register 0..3; `refill` then loads one
// of the two. The core has no interlock: the next instruction must not read `sum`. Kernels that are
// worth it are in assembly; these are for set-up and for tests. Signs: first the weights', then the
// activations' (up: none, usp: activations signed, sup: weights signed, sp: both).

#define MAC_ONLY 0
#define MAC_LOAD_ACTIVATION 8
#define MAC_LOAD_WEIGHT 16

/// pv.mlsdot<signs>.v, status mode: format and addresses from CSRs. The nop keeps `sum` away from
/// the next instruction.
#define mac_load_v(signs, sum, weight, activation, refill)         \
    __asm__ volatile("pv.mlsdot" #signs ".v %0, zero, %1\n\tnop"   \
                     : "+r"(sum)                                   \
                     : "i"((refill) + 2 * (weight) + (activation)) \
                     : "memory")
/// The same without the nop, for kernels that go from sum to sum: the next instruction must read
/// another one. flexv-cc makes sure of it; with GCC `flexv-vp run --check hazards` tells.
#define mac_v(signs, sum, weight, activation, refill)              \
    __asm__ volatile("pv.mlsdot" #signs ".v %0, zero, %1"          \
                     : "+r"(sum)                                   \
                     : "i"((refill) + 2 * (weight) + (activation)) \
                     : "memory")
/// pv.mlsdot<signs>.<b, n or c>, legacy mode: 8, 4 or 2 bits; a refill loads from `pointer`, then
/// adds 4.
#define mac_load_legacy(signs, width, sum, pointer, weight, activation, refill) \
    __asm__ volatile("pv.mlsdot" #signs "." #width " %0, %1, %2\n\tnop"         \
                     : "+r"(sum), "+r"(pointer)                                 \
                     : "i"((refill) + 2 * (weight) + (activation))              \
                     : "memory")
/// Only the load, with rd = x0: fills a register before the first product.
#define load_operand_v(weight, activation, refill)                 \
    __asm__ volatile("pv.mlsdotup.v zero, zero, %0"                \
                     :                                             \
                     : "i"((refill) + 2 * (weight) + (activation)) \
                     : "memory")
/// Where activations and weights come from in status mode: `rows` rows, `pitch` bytes apart, in
/// turn, then their next words; they start where CSR_A_ADDRESS and CSR_W_ADDRESS are set to.
#define FLEXV_STREAM(name, side)                                                            \
    static inline __attribute__((always_inline)) void name(uint32_t pitch, uint32_t rows) { \
        csr_write(CSR_##side##_STRIDE, pitch);                                              \
        csr_write(CSR_##side##_ROLLBACK, 4 - (rows - 1) * pitch);                           \
        csr_write(CSR_##side##_SKIP, rows - 1);                                             \
    }
FLEXV_STREAM(activation_stream, A)
FLEXV_STREAM(weight_stream, W)
#define load_operand_legacy(pointer, weight, activation, refill)   \
    __asm__ volatile("pv.mlsdotup.b zero, %0, %1"                  \
                     : "+r"(pointer)                               \
                     : "i"((refill) + 2 * (weight) + (activation)) \
                     : "memory")

// ---- Memory and hardware loops ----------------------------------------------------------------

/// p.lw with post-increment: the word at `pointer`, which then steps by `bytes`.
#define load_post(pointer, bytes)                       \
    __extension__({                                     \
        uint32_t loaded;                                \
        __asm__ volatile("p.lw.post %0, %2, %1"         \
                         : "=&r"(loaded), "+r"(pointer) \
                         : "i"(bytes)                   \
                         : "memory");                   \
        loaded;                                         \
    })
/// p.sw with post-increment.
#define store_post(value, pointer, bytes)                 \
    __asm__ volatile("p.sw.post %1, %2, %0"               \
                     : "+r"(pointer)                      \
                     : "r"((uint32_t)(value)), "i"(bytes) \
                     : "memory")

/// p.sw, p.sh, p.sb with a step that is no constant: the low bits of `value` go to `pointer`, which
/// then steps by `step` bytes.
#define FLEXV_STORE_STEP(text, value, pointer, step)     \
    __asm__ volatile(text " %1, %2, %0"                  \
                     : "+r"(pointer)                     \
                     : "r"((uint32_t)(value)), "r"(step) \
                     : "memory")
#define store_word_step(value, pointer, step) FLEXV_STORE_STEP("p.sw.rrpost", value, pointer, step)
#define store_half_step(value, pointer, step) FLEXV_STORE_STEP("p.sh.rrpost", value, pointer, step)
#define store_byte_step(value, pointer, step) FLEXV_STORE_STEP("p.sb.rrpost", value, pointer, step)

/// Copies `words` > 0 words in a hardware loop (lp.setup): 2 cycles a word and one of load use. C
/// code cannot be the body of a hardware loop, because the compiler does not know where it ends.
static inline void copy_words(void* to, const void* from, uint32_t words) {
    uint32_t word;
    __asm__ volatile(
        ".option push\n\t.option norvc\n\t.option norelax\n\t.balign 4\n\t"
        "lp.setup 0, %3, 1f\n\t"
        "p.lw.post %2, 4, %1\n"
        "1:\tp.sw.post %2, 4, %0\n\t"
        ".option pop"
        : "+r"(to), "+r"(from), "=&r"(word)
        : "r"(words)
        : "memory");
}

/// The same by bytes.
static inline void copy_bytes(void* to, const void* from, uint32_t bytes) {
    uint32_t byte;
    __asm__ volatile(
        ".option push\n\t.option norvc\n\t.option norelax\n\t.balign 4\n\t"
        "lp.setup 0, %3, 1f\n\t"
        "p.lbu.post %2, 1, %1\n"
        "1:\tp.sb.post %2, 1, %0\n\t"
        ".option pop"
        : "+r"(to), "+r"(from), "=&r"(byte)
        : "r"(bytes)
        : "memory");
}

#endif
