// SPDX-License-Identifier: Apache-2.0
// Arithmetic on lanes packed in a 32-bit register: pure functions with the lane width as a template
// argument, shared by the SIMD and Mac&Load rows. Semantics: docs/spec/isa.md, sections 10 to 12.
#pragma once

#include "isa/hart.hpp"
#include "isa/instruction.hpp"
#include "isa/rows/dot_product.hpp"

#include <array>

namespace flexv::isa {

/// Width that stands for the formats without lanes (0, 11..15, and the mixed ones outside dot
/// products).
inline constexpr unsigned kWord = 32;

/// `pattern` of `width` bits in every lane.
template <unsigned width>
constexpr u32 in_every_lane(u32 pattern) {
    u32 word = 0;
    for (unsigned lsb = 0; lsb < 32; lsb += width)
        word |= pattern << lsb;
    return word;
}

/// The lowest lane in all lanes; the word formats repeat the low halfword (section 11.3).
template <unsigned width>
constexpr u32 replicate(u32 word) {
    constexpr unsigned repeated = width == kWord ? 16 : width;
    return in_every_lane<repeated>(word & lane_mask<repeated>());
}

/// How a format lays out the operands of a dot product (table in section 3.2).
template <unsigned wide, unsigned narrow>
struct Layout {
    static constexpr unsigned kWide = wide;      ///< bits of a lane of operand A
    static constexpr unsigned kNarrow = narrow;  ///< bits of a lane of operand B
    static constexpr unsigned kLanes = 32 / wide;
    static constexpr unsigned kSlices = wide / narrow;  ///< words of A that one word of B lasts for
    static constexpr bool kMixed = wide != narrow;

    /// The lanes of `b` that belong to slice `index`, in the low bits. A slice beyond the register,
    /// which only a CSR write can select, is 0 (unspecified in hardware).
    static constexpr u32 slice(u32 b, u32 index) {
        if constexpr (!kMixed)
            return b;
        else
            return index < kSlices ? b >> (index * (32 / kSlices)) : 0;
    }
};

/// Calls `visit` with the Layout of a dot-product format, and `otherwise` for the codes without
/// one.
template <typename Visit, typename Otherwise>
constexpr decltype(auto) with_layout(u32 format, Visit&& visit, Otherwise&& otherwise) {
    switch (Format(format)) {
        case Format::h:
            return visit(Layout<16, 16>{});
        case Format::b:
            return visit(Layout<8, 8>{});
        case Format::n:
            return visit(Layout<4, 4>{});
        case Format::c:
            return visit(Layout<2, 2>{});
        case Format::n_c:
            return visit(Layout<4, 2>{});
        case Format::b_c:
            return visit(Layout<8, 2>{});
        case Format::h_c:
            return visit(Layout<16, 2>{});
        case Format::b_n:
            return visit(Layout<8, 4>{});
        case Format::h_n:
            return visit(Layout<16, 4>{});
        case Format::h_b:
            return visit(Layout<16, 8>{});
        default:
            return otherwise();
    }
}

/// Executes `Row` with the Layout of CSR 0x00D: one function a format, found in a table, so that
/// none pays for the others. For the codes without a Layout there is `Row::execute_without`.
template <typename Row>
void execute_in_format(Hart& hart, const Operands& op) {
    static constexpr auto kFunctions = [] {
        std::array<Execute, 16> functions{};
        for (u32 format = 0; format < functions.size(); ++format)
            functions[format] = with_layout(
                format,
                []<typename Lanes>(Lanes) -> Execute { return &Row::template execute<Lanes>; },
                []() -> Execute { return &Row::execute_without; });
        return functions;
    }();
    kFunctions[hart.simd_format & 15](hart, op);
}

/// The counter of the mixed-precision controller: after every `mixed_skip` dot products the slice
/// moves on (section 11.2). `slices` is that of the format in CSR 0x00D, 1 for a uniform one.
inline void count_dot_product(Hart& hart, u32 slices) {
    if (hart.mixed_count + 1 < hart.mixed_skip) {
        ++hart.mixed_count;
        return;
    }
    hart.mixed_count = 0;
    if (slices > 1)
        hart.mixed_slice = hart.mixed_slice + 1 >= slices ? 0 : hart.mixed_slice + 1;
}

/// Slices of the format in CSR 0x00D, which counts in legacy mode too.
inline u32 slices_of_format(u32 format) {
    constexpr std::array<u8, 16> kSlices{1, 1, 1, 1, 1, 2, 4, 8, 2, 4, 2, 1, 1, 1, 1, 1};
    return kSlices[format & 15];
}

/// Where the second operand of a SIMD instruction comes from.
enum class Source { vector, scalar, immediate };

template <Source source>
u32 second_operand(const Hart& hart, const Operands& op) {
    return source == Source::immediate ? u32(op.imm) : hart.x[op.rs2];
}

/// The second operand as the lanes see it: scalars and immediates repeated.
template <Source source, unsigned width>
u32 second_operand(const Hart& hart, const Operands& op) {
    const u32 word = second_operand<source>(hart, op);
    return source == Source::vector ? word : replicate<width>(word);
}

}  // namespace flexv::isa
