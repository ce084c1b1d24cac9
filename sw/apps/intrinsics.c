// SPDX-License-Identifier: Apache-2.0
// The intrinsics against plain C on edge values and random ones. Returns the number of checks that
// fail, and prints their lines.
#include "flexv/flexv.h"

#include <stdio.h>

enum { kRounds = 200 };

static int failures;

static void check(uint32_t is, uint32_t expected, const char* what, uint32_t a, uint32_t b) {
    if (is != expected && failures++ < 20) {
        printf("FAIL %s(0x%08x, 0x%08x) = 0x%08x, expected 0x%08x\n", what, (unsigned)a,
               (unsigned)b, (unsigned)is, (unsigned)expected);
    }
}
#define CHECK(call, expected) check((uint32_t)(call), (uint32_t)(expected), #call, a, b)

static uint32_t random_word(void) {
    static uint32_t state = 0x6C078965;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static int32_t lane(uint32_t word, uint32_t index, uint32_t bits, int is_signed) {
    const uint32_t high = word << (32 - bits * (index + 1));
    return is_signed ? (int32_t)high >> (32 - bits) : (int32_t)(high >> (32 - bits));
}

static uint32_t lanes(uint32_t a, uint32_t b, uint32_t bits, int is_signed,
                      int32_t (*operation)(int32_t, int32_t)) {
    uint32_t result = 0;
    for (uint32_t i = 0; i < 32 / bits; ++i) {
        const int32_t value = operation(lane(a, i, bits, is_signed), lane(b, i, bits, is_signed));
        result |= ((uint32_t)value & ((1u << bits) - 1)) << (bits * i);
    }
    return result;
}

static int32_t dot(uint32_t a, uint32_t b, uint32_t bits, int a_signed, int b_signed) {
    int32_t sum = 0;
    for (uint32_t i = 0; i < 32 / bits; ++i) {
        sum += lane(a, i, bits, a_signed) * lane(b, i, bits, b_signed);
    }
    return sum;
}

static int32_t add(int32_t a, int32_t b) { return a + b; }
static int32_t sub(int32_t a, int32_t b) { return a - b; }
static int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }
static int32_t equal(int32_t a, int32_t b) { return a == b ? -1 : 0; }
static int32_t greater(int32_t a, int32_t b) { return a > b ? -1 : 0; }
static int32_t less_or_equal(int32_t a, int32_t b) { return a <= b ? -1 : 0; }
static int32_t bits_and(int32_t a, int32_t b) { return a & b; }
static int32_t shift_left_b(int32_t a, int32_t b) { return (int32_t)((uint32_t)a << (b & 7)); }
static int32_t shift_right_b(int32_t a, int32_t b) { return a >> (b & 7); }

static int32_t clip(int32_t a, int32_t low, int32_t high) {
    return a < low ? low : a > high ? high : a;
}

static void check_scalars(uint32_t a, uint32_t b) {
    const int32_t x = (int32_t)a;
    const int32_t y = (int32_t)b;
    CHECK(p_abs(x), x < 0 ? 0 - a : a);
    CHECK(p_min(x, y), x < y ? x : y);
    CHECK(p_maxu(a, b), a > b ? a : b);
    CHECK(p_slet(x, y), x <= y);
    CHECK(p_exths(x), (int16_t)a);
    CHECK(p_extbz(a), a & 255);
    CHECK(p_mac(7, x, y), 7 + a * b);
    CHECK(p_msu(7, x, y), 7 - a * b);
    CHECK(p_muls(x, y), (int16_t)a * (int16_t)b);
    CHECK(p_macu(9, a, b), 9 + (a & 0xFFFF) * (b & 0xFFFF));
    CHECK(p_clip(x, 8), clip(x, -128, 127));
    CHECK(p_clipu(x, 9), clip(x, 0, 255));
    CHECK(p_clipr(x, 1000), clip(x, -1001, 1000));
    CHECK(p_clipur(x, 1000), clip(x, 0, 1000));
    CHECK(p_addn(a, b, 5), (int32_t)(a + b) >> 5);
    CHECK(p_addrn(a, b, 5), (int32_t)(a + b + 16) >> 5);
    CHECK(p_subn(a, b, 5), (int32_t)(a - b) >> 5);
    CHECK(p_mulsn(a, b, 7), ((int16_t)a * (int16_t)b) >> 7);
}

static uint32_t count_bits(uint32_t a) {
    uint32_t count = 0;
    for (; a != 0; a &= a - 1) {
        ++count;
    }
    return count;
}

static uint32_t reversed(uint32_t a) {
    uint32_t result = 0;
    for (uint32_t i = 0; i < 32; ++i) {
        result |= (a >> i & 1) << (31 - i);
    }
    return result;
}

static uint32_t lowest_bit(uint32_t a) {
    uint32_t index = 0;
    while (index < 32 && (a >> index & 1) == 0) {
        ++index;
    }
    return index;
}

static void check_bits(uint32_t a, uint32_t b) {
    CHECK(p_ff1(a), lowest_bit(a));
    CHECK(p_fl1(a), a == 0 ? 32 : 31 - lowest_bit(reversed(a)));
    CHECK(p_cnt(a), count_bits(a));
    CHECK(p_ror(a, b), (b & 31) == 0 ? a : a >> (b & 31) | a << (32 - (b & 31)));
    CHECK(p_bitrev(a), reversed(a));
    CHECK(p_extract(a, 7, 11), (int32_t)(a << 14) >> 25);
    CHECK(p_extractu(a, 7, 11), a >> 11 & 127);
    CHECK(p_insert(b, a, 7, 11), (b & ~(127u << 11)) | (a & 127) << 11);
    CHECK(p_bset(a, 3, 4), a | 7u << 4);
    CHECK(p_bclr(a, 3, 4), a & ~(7u << 4));
}

static void check_simd(uint32_t a, uint32_t b) {
    const uint32_t low_b = 0x01010101 * (b & 255);
    CHECK(pv_add_h(a, b), lanes(a, b, 16, 1, add));
    CHECK(pv_add_b(a, b), lanes(a, b, 8, 1, add));
    CHECK(pv_sub_sc_b(a, b), lanes(a, low_b, 8, 1, sub));
    CHECK(pv_min_b(a, b), lanes(a, b, 8, 1, smaller));
    CHECK(pv_minu_h(a, b), lanes(a, b, 16, 0, smaller));
    CHECK(pv_max_h(a, b), lanes(a, b, 16, 1, larger));
    CHECK(pv_maxu_b(a, b), lanes(a, b, 8, 0, larger));
    CHECK(pv_and_sc_b(a, b), lanes(a, low_b, 8, 0, bits_and));
    CHECK(pv_sll_b(a, b), lanes(a, b, 8, 0, shift_left_b));
    CHECK(pv_sra_b(a, b), lanes(a, b, 8, 1, shift_right_b));
    CHECK(pv_srl_b(a, b), lanes(a, b, 8, 0, shift_right_b));
    CHECK(pv_cmpeq_b(a, b), lanes(a, b, 8, 1, equal));
    CHECK(pv_cmpgt_b(a, b), lanes(a, b, 8, 1, greater));
    CHECK(pv_cmpleu_h(a, b), lanes(a, b, 16, 0, less_or_equal));
    CHECK(pv_abs_b(a), pv_max_b(a, pv_sub_b(0, a)));
    CHECK(pv_shuffle_b(a, 0x00010203), a << 24 | (a & 0xFF00) << 8 | (a >> 8 & 0xFF00) | a >> 24);
    CHECK(pv_shuffle2_b(a, b, 0x07050301),
          (b >> 24) << 24 | (b >> 8 & 255) << 16 | (a >> 24) << 8 | (a >> 8 & 255));
    CHECK(pv_pack_h(a, b), a << 16 | (b & 0xFFFF));
    CHECK(pv_packh_h(a, b), (a & 0xFFFF0000) | b >> 16);
    CHECK(pv_packlo_b(0x12345678, a, b), 0x12340000 | (a & 255) << 8 | (b & 255));
    CHECK(pv_extract_b(a, 2), (int8_t)(a >> 16));
    CHECK(pv_extractu_h(a, 1), a >> 16);
}

static void check_dot_products(uint32_t a, uint32_t b) {
    CHECK(pv_dotup_b(a, b), dot(a, b, 8, 0, 0));
    CHECK(pv_dotusp_b(a, b), dot(a, b, 8, 0, 1));
    CHECK(pv_dotsp_h(a, b), (uint32_t)((int16_t)a * (int16_t)b) +
                                (uint32_t)((int16_t)(a >> 16) * (int16_t)(b >> 16)));
    CHECK(pv_sdotsp_b(77, a, b), 77 + dot(a, b, 8, 1, 1));
    CHECK(pv_sdotup_sc_b(77, a, b), 77 + dot(a, 0x01010101 * (b & 255), 8, 0, 0));
}

static void check_formats(uint32_t a, uint32_t b) {
    csr_write(CSR_SIMD_FORMAT, FORMAT_4X4);
    csr_write(CSR_SIMD_LEGACY, 0);
    __asm__ volatile("nop");
    const uint32_t nibbles = pv_dotusp_v(a, b);
    __asm__ volatile("" : : "r"(nibbles));
    csr_write(CSR_SIMD_LEGACY, 1);
    __asm__ volatile("nop");
    CHECK(nibbles, dot(a, b, 4, 0, 1));
}

FLEXV_TCDM_BSS static uint32_t operands[4];

static uint32_t mac_load_8x4(void) {
    csr_write(CSR_SIMD_FORMAT, FORMAT_8X4);
    csr_write(CSR_MIXED_SKIP, 1);
    csr_write(CSR_A_STRIDE, 4);
    csr_write(CSR_A_SKIP, 3);
    csr_write(CSR_A_ADDRESS, operands);
    csr_write(CSR_W_ADDRESS, operands + 2);
    csr_write(CSR_SIMD_LEGACY, 0);
    __asm__ volatile("nop");
    uint32_t sum = 5;
    load_operand_v(1, 0, MAC_LOAD_WEIGHT);
    load_operand_v(1, 0, MAC_LOAD_ACTIVATION);
    mac_load_v(sup, sum, 1, 0, MAC_LOAD_ACTIVATION);  // low half of the weights
    mac_load_v(sup, sum, 1, 0, MAC_ONLY);             // high half
    csr_write(CSR_SIMD_LEGACY, 1);
    __asm__ volatile("nop");
    return sum;
}

static int32_t dot_8x4(uint32_t a, uint32_t nibbles) {
    int32_t sum = 0;
    for (uint32_t i = 0; i < 4; ++i) {
        sum += lane(a, i, 8, 0) * lane(nibbles, i, 4, 1);
    }
    return sum;
}

static uint32_t mac_load_legacy_bytes(void) {
    const uint32_t* pointer = operands;
    uint32_t sum = 5;
    load_operand_legacy(pointer, 0, 1, MAC_LOAD_ACTIVATION);
    load_operand_legacy(pointer, 3, 0, MAC_LOAD_WEIGHT);
    mac_load_legacy(sup, b, sum, pointer, 3, 1, MAC_LOAD_WEIGHT);
    return sum + (pointer == operands + 3 ? 0 : 0x80000000);
}

static void check_mac_load(uint32_t a, uint32_t b) {
    operands[0] = a;
    operands[1] = b;
    operands[2] = a ^ (b << 7);
    CHECK(mac_load_8x4(), 5 + dot_8x4(a, operands[2]) + dot_8x4(b, operands[2] >> 16));
    CHECK(mac_load_legacy_bytes(), 5 + dot(a, b, 8, 0, 1));
}

static void check_memory(uint32_t a, uint32_t b) {
    uint32_t source[5] = {a, b, a + b, a - b, a ^ b};
    uint32_t target[6] = {0, 0, 0, 0, 0, 0x5AFE};
    copy_words(target, source, 5);
    for (uint32_t i = 0; i < 5; ++i) {
        CHECK(target[i], source[i]);
    }
    CHECK(target[5], 0x5AFE);
    uint32_t* pointer = target;
    CHECK(load_post(pointer, 8), a);
    store_post(b, pointer, -4);
    CHECK(pointer - target, 1);
    CHECK(target[2], b);
}

static void check_scopes(packed_uint8x4 a, packed_int4x8 b) {
    uint32_t sum = 3;
    with_format(a8w4) {
        sum = pv_sdotusp_v(sum, a, b);  // the low half of b, then the high one
        sum = pv_sdotusp_v(sum, a, b);
    }
    uint32_t expected = 3;
    for (uint32_t i = 0; i < 8; ++i) {
        expected += (uint32_t)(lane(a, i % 4, 8, 0) * lane(b, i, 4, 1));
    }
    CHECK(sum, expected);
    CHECK(pv_dotup_b(a, b), dot(a, b, 8, 0, 0));
}

static void check_all(uint32_t a, uint32_t b) {
    check_scalars(a, b);
    check_bits(a, b);
    check_simd(a, b);
    check_dot_products(a, b);
    check_formats(a, b);
    check_mac_load(a, b);
    check_memory(a, b);
    check_scopes(a, b);
}

int main(void) {
    if (core_id() != 0) {
        return 0;
    }
    static const uint32_t edges[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x80808080};
    for (uint32_t i = 0; i < 36; ++i) {
        check_all(edges[i / 6], edges[i % 6]);
    }
    for (uint32_t i = 0; i < kRounds; ++i) {
        check_all(random_word(), random_word());
    }
    printf(failures == 0 ? "PASS: intrinsics\n" : "FAIL: %d checks\n", failures);
    return failures;
}
