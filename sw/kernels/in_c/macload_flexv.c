// SPDX-License-Identifier: Apache-2.0
// Kernels of ../macload_flexv.S once more, in C with flexv/intrinsics.h: blocks of 4 x 4, in rows
// and in columns, unsigned activations, equal widths or narrower weights. They show what kernels of
// one's own look like; `scripts/compiler_bench --kernel` holds them against the assembly.
#include "flexv/intrinsics.h"
#include "rows_flexv_c.h"

// What tells one kernel from another; constants in each of them.
struct Shape {
    uint32_t ratio;  // words of activations that meet a word of weights
    uint32_t bits;   // of the results
    bool in_columns;
};

enum { kProducts = 16 };

// A word of one pixel's activations with four channels' weights; then the register takes the word
// of the next pixel but one.
#define ROW(activation, s0, s1, s2, s3)                     \
    do {                                                    \
        mac_v(sup, s0, 0, activation, MAC_ONLY);            \
        mac_v(sup, s1, 1, activation, MAC_ONLY);            \
        mac_v(sup, s2, 2, activation, MAC_ONLY);            \
        mac_v(sup, s3, 3, activation, MAC_LOAD_ACTIVATION); \
    } while (0)
// The last pixel of a step, which is done with the weights.
#define LAST_ROW(s0, s1, s2, s3)                   \
    do {                                           \
        mac_v(sup, s0, 0, 1, MAC_LOAD_WEIGHT);     \
        mac_v(sup, s1, 1, 1, MAC_LOAD_WEIGHT);     \
        mac_v(sup, s2, 2, 1, MAC_LOAD_WEIGHT);     \
        mac_v(sup, s3, 3, 1, MAC_LOAD_WEIGHT);     \
        load_operand_v(3, 1, MAC_LOAD_ACTIVATION); \
    } while (0)
#define THREE_ROWS                  \
    do {                            \
        ROW(0, s00, s01, s02, s03); \
        ROW(1, s10, s11, s12, s13); \
        ROW(0, s20, s21, s22, s23); \
    } while (0)
#define FOUR_ROWS                   \
    do {                            \
        THREE_ROWS;                 \
        ROW(1, s30, s31, s32, s33); \
    } while (0)

static inline void fill_registers(void) {
    load_operand_v(0, 0, MAC_LOAD_WEIGHT);
    load_operand_v(1, 0, MAC_LOAD_WEIGHT);
    load_operand_v(2, 0, MAC_LOAD_WEIGHT);
    load_operand_v(3, 0, MAC_LOAD_WEIGHT);
    load_operand_v(0, 0, MAC_LOAD_ACTIVATION);
    load_operand_v(0, 1, MAC_LOAD_ACTIVATION);
}

// A channel's sums. All of them in turn, before anything else is done: four multipliers at a time
// would take registers from the loop.
#define MULTIPLY(factor, s0, s1, s2, s3)                                            \
    do {                                                                            \
        s0 *= factor;                                                               \
        s1 *= factor;                                                               \
        s2 *= factor;                                                               \
        s3 *= factor;                                                               \
        __asm__ volatile("" : "+r"(s0), "+r"(s1), "+r"(s2), "+r"(s3) : : "memory"); \
    } while (0)

// Four products to four bytes: shift, clip.
static inline packed_uint8x4 to_bytes(const struct Rows* rows, int32_t p0, int32_t p1, int32_t p2,
                                      int32_t p3) {
    packed_int16x2 low = pv_packh_h((uint32_t)p1, (uint32_t)p0);
    packed_int16x2 high = pv_packh_h((uint32_t)p3, (uint32_t)p2);
    low = pv_sra_sc_h(low, rows->shift);
    high = pv_sra_sc_h(high, rows->shift);
    low = pv_max_sc_h(low, (uint32_t)rows->low);
    high = pv_max_sc_h(high, (uint32_t)rows->low);
    low = pv_min_sc_h(low, (uint32_t)rows->high);
    high = pv_min_sc_h(high, (uint32_t)rows->high);
    return pv_shuffle2_b(low, high, 0x06040200);
}

// Four products to four bytes with results of 4 or 2 bits: the top byte is the product >> 24.
static inline packed_uint8x4 to_clipped_bytes(uint32_t bits, int32_t p0, int32_t p1, int32_t p2,
                                              int32_t p3) {
    const packed_int16x2 low = pv_packh_h((uint32_t)p1, (uint32_t)p0);
    const packed_int16x2 high = pv_packh_h((uint32_t)p3, (uint32_t)p2);
    const packed_int8x4 bytes = pv_sci_b(max, pv_shuffle2_b(low, high, 0x07050301), 0);
    return bits == 4 ? pv_sci_b(min, bytes, 15) : pv_sci_b(min, bytes, 3);
}

// Four bytes of 2 bits to one. A dot product would step the slice of mixed formats.
static inline uint32_t to_crumbs(uint32_t ratio, packed_uint8x4 bytes) {
    return ratio == 1 ? pv_dotup_b(bytes, 0x40100401) : bytes * 0x01041040 >> 24;
}

// Results of two pixels. `to` steps from pixel to pixel.
#define STORE_PAIR(to, step, p0, p1, p2, p3, q0, q1, q2, q3)                                 \
    do {                                                                                     \
        if (shape.bits == 8) {                                                               \
            store_word_step(to_bytes(&constants, p0, p1, p2, p3), to, step);                 \
            store_word_step(to_bytes(&constants, q0, q1, q2, q3), to, step);                 \
        } else if (shape.bits == 4) {                                                        \
            const packed_uint8x4 even = to_clipped_bytes(4, p0, p2, q0, q2);                 \
            const packed_uint8x4 odd = to_clipped_bytes(4, p1, p3, q1, q3);                  \
            const uint32_t both = (uint32_t)p_mac((int32_t)even, (int32_t)odd, 16);          \
            store_half_step(both, to, step);                                                 \
            store_half_step(both >> 16, to, step);                                           \
        } else {                                                                             \
            store_byte_step(to_crumbs(shape.ratio, to_clipped_bytes(2, p0, p1, p2, p3)), to, \
                            step);                                                           \
            store_byte_step(to_crumbs(shape.ratio, to_clipped_bytes(2, q0, q1, q2, q3)), to, \
                            step);                                                           \
        }                                                                                    \
    } while (0)

// All lines of `rows`; `shape` is known when this is compiled.
static inline __attribute__((always_inline)) void compute_lines(const struct Rows* rows,
                                                                const struct Matmul* m,
                                                                const struct Shape shape) {
    const struct Rows constants = *rows;
    const uint8_t* activations = rows->activations;
    const uint8_t* weights = rows->weights;
    const struct ChannelScale* scales = rows->scales;
    const uint32_t activation_block = 4 * m->activation_pitch;
    const uint32_t weight_block = 4 * m->weight_pitch;
    const uint32_t pitch = m->output_pitch;
    const bool is_peeled = shape.ratio == 1;  // the last step fetches the next block's operands
    const uint32_t steps = is_peeled ? rows->steps - 1 : rows->steps;
    uint8_t* line = rows->output;
    flexv_assume(steps != 0 && constants.blocks != 0 && constants.count != 0);
    activation_stream(m->activation_pitch, 4);
    weight_stream(m->weight_pitch, 4);
    with_format_of(rows->format, shape.ratio == 1 ? 1 : kProducts) {
        for (uint32_t lines = rows->count; lines != 0; --lines) {
            uint8_t* output = line;
            if (is_peeled) {
                csr_write(CSR_A_ADDRESS, activations);
                csr_write(CSR_W_ADDRESS, weights);
                fill_registers();
            }
            uint32_t blocks = constants.blocks;
            do {
                if (!is_peeled) {
                    csr_write(CSR_A_ADDRESS, activations);
                    csr_write(CSR_W_ADDRESS, weights);
                    fill_registers();
                }
                int32_t s00 = scales[0].bias, s01 = scales[1].bias;
                int32_t s02 = scales[2].bias, s03 = scales[3].bias;
                int32_t s10 = s00, s11 = s01, s12 = s02, s13 = s03;
                int32_t s20 = s00, s21 = s01, s22 = s02, s23 = s03;
                int32_t s30 = s00, s31 = s01, s32 = s02, s33 = s03;
                uint32_t left = steps;
                do {
                    if (shape.ratio > 1) {
                        FOUR_ROWS;
                    }
                    if (shape.ratio > 2) {
                        FOUR_ROWS;
                        FOUR_ROWS;
                    }
                    THREE_ROWS;
                    LAST_ROW(s30, s31, s32, s33);
                } while (--left != 0);
                if (shape.in_columns) {
                    activations += activation_block;
                } else {
                    weights += weight_block;
                }
                if (is_peeled) {
                    ROW(0, s00, s01, s02, s03);
                    ROW(1, s10, s11, s12, s13);
                    mac_v(sup, s20, 0, 0, MAC_ONLY);
                    mac_v(sup, s21, 1, 0, MAC_ONLY);
                    mac_v(sup, s22, 2, 0, MAC_ONLY);
                    csr_write(CSR_A_ADDRESS, activations);
                    mac_v(sup, s23, 3, 0, MAC_LOAD_ACTIVATION);
                    csr_write(CSR_W_ADDRESS, weights);
                    LAST_ROW(s30, s31, s32, s33);
                }
                uint8_t* pixel = output;
                with_legacy_lanes {
                    int32_t first = scales[0].multiplier, second = scales[1].multiplier;
                    MULTIPLY(first, s00, s10, s20, s30);
                    first = scales[2].multiplier;
                    MULTIPLY(second, s01, s11, s21, s31);
                    second = scales[3].multiplier;
                    MULTIPLY(first, s02, s12, s22, s32);
                    MULTIPLY(second, s03, s13, s23, s33);
                    STORE_PAIR(pixel, pitch, s00, s01, s02, s03, s10, s11, s12, s13);
                    STORE_PAIR(pixel, pitch, s20, s21, s22, s23, s30, s31, s32, s33);
                }
                if (shape.in_columns) {
                    output = pixel;
                } else {
                    output += shape.bits / 2;
                    scales += 4;
                }
            } while (--blocks != 0);
            if (shape.in_columns) {
                activations = constants.activations;
                weights += weight_block;
                scales += 4;
                line += shape.bits / 2;
            } else {
                weights = constants.weights;
                activations += activation_block;
                scales = constants.scales;
                line += 4 * pitch;
            }
        }
    }
}

#define KERNEL(name, ratio, bits, in_columns)                            \
    void name(const struct Rows* rows, const struct Matmul* m) {         \
        compute_lines(rows, m, (struct Shape){ratio, bits, in_columns}); \
    }
IN_C_KERNELS(KERNEL)
