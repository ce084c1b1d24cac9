// SPDX-License-Identifier: Apache-2.0
// The three forms that every lane-wise instruction of opcode 0x57 has: two vectors, a vector and a
// scalar register, a vector and an immediate. One template writes their rows.
#pragma once

#include "isa/encoding.hpp"
#include "isa/simd.hpp"
#include "isa/text.hpp"

namespace flexv::isa {

/// What the rows of one family share.
struct SimdTraits {
    Energy energy = Energy::alu;
    bool reads_rd = false;
};

/// The lane formats of a row: the name's ending, insn[12] and the mode in which it is active.
template <Text ending, Text bit, Mode m>
struct LaneFormat {
    static constexpr auto kEnding = ending;
    static constexpr auto kBit = bit;
    static constexpr Mode kMode = m;
};
using HalfwordLanes = LaneFormat<".h", "0", Mode::legacy>;
using ByteLanes = LaneFormat<".b", "1", Mode::legacy>;
using CsrLanes = LaneFormat<".v", "-", Mode::status>;

/// Mnemonic without pv., the opcode bits 31:26, and imm or uimm for the immediate form.
template <Text op, Text code, Text immediate>
struct SimdName {
    static constexpr auto kOp = op;
    static constexpr auto kCode = code;
    static constexpr auto kImmediate = immediate;
};

constexpr Instruction simd_row(std::string_view name, std::string_view bits,
                               std::string_view syntax, Mode mode, SimdTraits traits,
                               Execute execute, std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = syntax,
            .extension = mode == Mode::status ? Extension::flexv : Extension::xpulpv2,
            .mode = mode,
            .energy = traits.energy,
            .reads_rd = traits.reads_rd,
            .execute = execute,
            .semantics = semantics};
}

inline constexpr Text kSimdTail = " rd 1010111";

/// `execute` in the order vector, scalar, immediate. insn[25] and, in the vector form, insn[13] are
/// ignored by the hardware.
template <typename Name, typename Lanes, Text semantics>
constexpr std::array<Instruction, 3> simd_forms(SimdTraits traits,
                                                const std::array<Execute, 3>& execute) {
    return {
        simd_row(joined<"pv.", Name::kOp, Lanes::kEnding>,
                 joined<Name::kCode, "(0) rs2 rs1 0(0)", Lanes::kBit, kSimdTail>, "rd, rs1, rs2",
                 Lanes::kMode, traits, execute[0], joined<semantics, "; b = rs2 lane">),
        simd_row(joined<"pv.", Name::kOp, ".sc", Lanes::kEnding>,
                 joined<Name::kCode, "(0) rs2 rs1 10", Lanes::kBit, kSimdTail>, "rd, rs1, rs2",
                 Lanes::kMode, traits, execute[1],
                 joined<semantics, "; b = rs2 lane 0 in every lane">),
        simd_row(joined<"pv.", Name::kOp, ".sci", Lanes::kEnding>,
                 joined<Name::kCode, " ", Name::kImmediate, "[0] ", Name::kImmediate,
                        "[5:1] rs1 11", Lanes::kBit, kSimdTail>,
                 "rd, rs1, imm", Lanes::kMode, traits, execute[2],
                 joined<semantics, "; b = imm in every lane">),
    };
}

}  // namespace flexv::isa
