// SPDX-License-Identifier: Apache-2.0
// A second execute stage, written from docs/spec/isa.md in another style: every row takes the word
// apart by bit positions and computes lane by lane on plain 64-bit integers. It shares no
// arithmetic, no field and no format table with models/isa.
#pragma once

#include "base/units.hpp"

#include <array>
#include <functional>
#include <map>
#include <string>

namespace flexv::test {

/// State of sections 2 and 3 that instructions of the groups xpulp.* and flexv.* see.
struct ReferenceHart {
    struct Loop {
        u32 start = 0;
        u32 end = 0;
        u32 count = 0;
        bool operator==(const Loop&) const = default;
    };
    struct Stream {
        u32 address = 0;
        u32 stride = 0;
        u32 rollback = 0;
        u32 skip = 0;
        u32 count = 0;
        bool operator==(const Stream&) const = default;
    };

    bool legacy = true;   ///< CSR 0x010
    unsigned format = 0;  ///< CSR 0x00D
    unsigned slice = 0;   ///< CSR 0x00E: k
    unsigned skip = 0;    ///< CSR 0x00F
    unsigned passed = 0;  ///< skip_cnt
    std::array<u32, 32> x{};
    std::array<u32, 4> nn_weights{};
    std::array<u32, 2> nn_activations{};
    Stream weights{};
    Stream activations{};
    std::array<Loop, 2> loops{};
    u32 pc = 0;
    u32 next_pc = 0;
    u64 macs = 0;  ///< multiplications; lanes of dot products
    bool is_illegal = false;
    std::array<u8, 4096> memory{};  ///< repeats through the address space

    void write(unsigned rd, i64 value) { x[rd] = rd == 0 ? 0 : u32(value); }
    [[nodiscard]] i64 load(u32 address, unsigned bytes, bool is_signed) const;
    void store(u32 address, unsigned bytes, u32 value);
    /// Section 11.2, after every dot product.
    void tick();
};

/// Bits high..low of a word.
constexpr unsigned cut(u32 word, unsigned high, unsigned low) {
    return unsigned((u64{word} >> low) % (u64{1} << (high - low + 1)));
}
constexpr unsigned rd_of(u32 word) { return cut(word, 11, 7); }
constexpr unsigned rs1_of(u32 word) { return cut(word, 19, 15); }
constexpr unsigned rs2_of(u32 word) { return cut(word, 24, 20); }

/// value mod 2^width, read as an unsigned or a signed number.
constexpr i64 as_unsigned(i64 value, unsigned width) {
    const i64 span = i64{1} << width;
    return (value % span + span) % span;
}
constexpr i64 as_signed(i64 value, unsigned width) {
    const i64 number = as_unsigned(value, width);
    return number >= (i64{1} << width) / 2 ? number - (i64{1} << width) : number;
}
/// Rounds towards minus infinity: an arithmetic shift of any integer.
constexpr i64 shifted_right(i64 value, unsigned bits) {
    const i64 divisor = i64{1} << bits;
    return (value - as_unsigned(value, bits)) / divisor;
}

using ReferenceStep = std::function<void(ReferenceHart&, u32 word)>;
using ReferenceSteps = std::map<std::string, ReferenceStep>;

/// By mnemonic of docs/spec/isa.csv.
ReferenceSteps scalar_reference();    ///< sections 7, 8 and 9
ReferenceSteps simd_reference();      ///< sections 10 and 11
ReferenceSteps permute_reference();   ///< the permuting and the complex rows of section 10
ReferenceSteps mac_load_reference();  ///< section 12

/// A dot product of the format that is given by the widths of its operands; sections 10, 11.2, 12.
i64 reference_dot_product(u32 a, u32 b, unsigned a_width, unsigned b_width, unsigned slice,
                          bool a_signed, bool b_signed);
/// Widths of the operands A and B by the code of CSR 0x00D (section 3.2); 0 without a meaning.
struct OperandWidths {
    unsigned a = 0;
    unsigned b = 0;
};
OperandWidths widths_of_format(unsigned format);

/// Operand B of a SIMD instruction whose lanes of `width` bits it must fill (sections 10, 11.1,
/// 11.3): `form` is "" for rs2, ".sc" for its lowest lane everywhere, ".sci" for the immediate.
u32 operand_b(const ReferenceHart& hart, u32 word, const std::string& form, unsigned width,
              bool is_unsigned);
/// Lane width of the row's ending: .h, .b, or .v by CSR 0x00D. 32 stands for section 11.3.
unsigned lane_width(const ReferenceHart& hart, char ending);

}  // namespace flexv::test
