// SPDX-License-Identifier: Apache-2.0
// The three forms that every lane-wise instruction of opcode 0x57 has: two vectors, a vector and a
// scalar register, a vector and an immediate. One template writes their rows; what they compute is
// a function of values for every lane width, `Op::apply<width>`.
#pragma once

#include "isa/rows/compute.hpp"
#include "isa/rows/simd.hpp"
#include "isa/text.hpp"

namespace flexv::isa {

/// The function of a row whose lanes have `width` bits.
template <typename Op, unsigned width>
struct InLanes {
    template <typename... Values>
    constexpr u32 operator()(Values... values) const requires requires {
        Op::template apply<width>(values...);
    }
    { return Op::template apply<width>(values...); }
};

/// The function of a row whose lanes have the format in CSR 0x00D. Formats that are not uniform
/// work on the register as one lane (section 11.3).
template <typename Op>
struct InFormat {
    template <typename... Values>
    constexpr u32 operator()(Format format, Values... values) const requires requires {
        Op::template apply<kWord>(values...);
    }
    {
        switch (format) {
            case Format::h:
                return Op::template apply<16>(values...);
            case Format::b:
                return Op::template apply<8>(values...);
            case Format::n:
                return Op::template apply<4>(values...);
            case Format::c:
                return Op::template apply<2>(values...);
            default:
                return Op::template apply<kWord>(values...);
        }
    }
};

/// `Op` with its last operand repeated in every lane: a scalar or an immediate.
template <typename Op>
struct Repeating {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) requires requires {
        Op::template apply<width>(a, b);
    }
    { return Op::template apply<width>(a, replicate<width>(b)); }
    template <unsigned width>
    static constexpr u32 apply(u32 rd, u32 a, u32 b) requires requires {
        Op::template apply<width>(rd, a, b);
    }
    { return Op::template apply<width>(rd, a, replicate<width>(b)); }
};

/// What the rows of one family share.
struct SimdTraits {
    Energy energy = Energy::alu;
    bool reads_rd = false;
};

/// The lane formats of a row: the name's ending, insn[12] and the mode in which it is active.
template <Text ending, Text bit, unsigned width>
struct FixedLanes {
    static constexpr auto kEnding = ending;
    static constexpr auto kBit = bit;
    static constexpr Mode kMode = Mode::legacy;
    template <typename Op>
    using Function = InLanes<Op, width>;
};
using HalfwordLanes = FixedLanes<".h", "0", 16>;
using ByteLanes = FixedLanes<".b", "1", 8>;

struct CsrLanes {
    static constexpr Text kEnding = ".v";
    static constexpr Text kBit = "-";
    static constexpr Mode kMode = Mode::status;
    template <typename Op>
    using Function = InFormat<Op>;
};

/// Mnemonic without pv., the opcode bits 31:26, and imm or uimm for the immediate form.
template <Text op, Text code, Text immediate>
struct SimdName {
    static constexpr auto kOp = op;
    static constexpr auto kCode = code;
    static constexpr auto kImmediate = immediate;
};

constexpr Extension extension_of(Mode mode) {
    return mode == Mode::status ? Extension::flexv : Extension::xpulpv2;
}

/// What `Op` makes of the fields that `bits` name, in these lanes.
template <typename Op, typename Lanes>
constexpr Instruction simd_compute(std::string_view name, std::string_view bits,
                                   std::string_view semantics) {
    Instruction row = compute(name, bits, semantics, typename Lanes::template Function<Op>{});
    row.mode = Lanes::kMode;
    row.extension = extension_of(Lanes::kMode);
    return row;
}

constexpr Instruction simd_row(std::string_view name, std::string_view bits,
                               std::string_view syntax, Mode mode, SimdTraits traits,
                               Execute execute, std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = syntax,
            .extension = extension_of(mode),
            .mode = mode,
            .energy = traits.energy,
            .reads_rd = traits.reads_rd,
            .execute = execute,
            .semantics = semantics};
}

inline constexpr Text kSimdTail = " rd 1010111";

/// The bits of the three forms. insn[25] and, in the vector form, insn[13] are ignored by the
/// hardware.
template <typename Name, typename Lanes>
struct SimdBits {
    static constexpr auto kVector = joined<Name::kCode, "(0) rs2 rs1 0(0)", Lanes::kBit, kSimdTail>;
    static constexpr auto kScalar = joined<Name::kCode, "(0) rs2 rs1 10", Lanes::kBit, kSimdTail>;
    static constexpr auto kImmediate =
        joined<Name::kCode, " ", Name::kImmediate, "[0] ", Name::kImmediate, "[5:1] rs1 11",
               Lanes::kBit, kSimdTail>;
};

/// `Op` of the lanes in the three forms.
template <typename Name, typename Lanes, typename Op, Text semantics>
constexpr std::array<Instruction, 3> simd_forms() {
    using Bits = SimdBits<Name, Lanes>;
    return {
        simd_compute<Op, Lanes>(joined<"pv.", Name::kOp, Lanes::kEnding>, Bits::kVector,
                                joined<semantics, "; b = rs2 lane">),
        simd_compute<Repeating<Op>, Lanes>(joined<"pv.", Name::kOp, ".sc", Lanes::kEnding>,
                                           Bits::kScalar,
                                           joined<semantics, "; b = rs2 lane 0 in every lane">),
        simd_compute<Repeating<Op>, Lanes>(joined<"pv.", Name::kOp, ".sci", Lanes::kEnding>,
                                           Bits::kImmediate,
                                           joined<semantics, "; b = imm in every lane">),
    };
}

/// The same for rows that do more than compute: `execute` in the order vector, scalar, immediate.
template <typename Name, typename Lanes, Text semantics>
constexpr std::array<Instruction, 3> simd_forms(SimdTraits traits,
                                                const std::array<Execute, 3>& execute) {
    using Bits = SimdBits<Name, Lanes>;
    return {
        simd_row(joined<"pv.", Name::kOp, Lanes::kEnding>, Bits::kVector, "rd, rs1, rs2",
                 Lanes::kMode, traits, execute[0], joined<semantics, "; b = rs2 lane">),
        simd_row(joined<"pv.", Name::kOp, ".sc", Lanes::kEnding>, Bits::kScalar, "rd, rs1, rs2",
                 Lanes::kMode, traits, execute[1],
                 joined<semantics, "; b = rs2 lane 0 in every lane">),
        simd_row(joined<"pv.", Name::kOp, ".sci", Lanes::kEnding>, Bits::kImmediate, "rd, rs1, imm",
                 Lanes::kMode, traits, execute[2], joined<semantics, "; b = imm in every lane">),
    };
}

}  // namespace flexv::isa
