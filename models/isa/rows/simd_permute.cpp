// SPDX-License-Identifier: Apache-2.0
// Extract, insert, shuffle and pack of opcode 0x57, with all encodings that the hardware takes for
// them: it decodes many that no tool emits (docs/spec/isa.csv, rows with canonical=n).
#include "isa/chain.hpp"
#include "isa/rows/rows.hpp"
#include "isa/rows/simd_forms.hpp"
#include "isa/rows/simd_permutation.hpp"

namespace flexv::isa {
namespace {

constexpr Instruction hardware_only(Instruction row) {
    row.canonical = false;
    return row;
}

template <bool is_signed>
struct Extract {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 lane) {
        return permute::extract<width, is_signed>(a, lane);
    }
};

struct Insert {
    template <unsigned width>
    static constexpr u32 apply(u32 rd, u32 a, u32 lane) {
        return permute::insert<width>(rd, a, lane);
    }
};

/// The lane number is {insn[20], insn[25]}; insn[14:13] is emitted as 11 and ignored. Halfwords
/// have one bit of it, which sits where the lower bit of the others is.
template <typename Op, Text name, Text code, Text semantics>
constexpr std::array<Instruction, 3> numbered_lane() {
    const auto row = []<typename Lanes>(Lanes, std::string_view bits) {
        return simd_compute<Op, Lanes>(joined<"pv.", name, Lanes::kEnding>, bits,
                                       joined<semantics>);
    };
    return {
        row(HalfwordLanes{}, joined<code, " uimm[0] ----- rs1 (11)0", kSimdTail>),
        row(ByteLanes{}, joined<code, " uimm[0] ---- uimm[1] rs1 (11)1", kSimdTail>),
        row(CsrLanes{}, joined<code, " uimm[0] ---- uimm[1] rs1 (11)-", kSimdTail>),
    };
}

struct Shuffle {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 selectors) {
        return permute::shuffle<width>(a, selectors);
    }
};

/// `top` is the byte that goes to lane 3.
template <u32 top>
struct ShuffleImmediate {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 immediate) {
        return permute::shuffle_immediate<width>(a, immediate, top);
    }
};

/// Unlike elsewhere, a scalar or an immediate selector is not repeated.
struct Shuffle2 {
    template <unsigned width>
    static constexpr u32 apply(u32 rd, u32 a, u32 selectors) {
        return permute::shuffle2<width>(rd, a, selectors);
    }
};

/// Vector and scalar form, which do the same.
template <typename Op, typename Lanes, Text name, Text code, Text semantics>
constexpr std::array<Instruction, 2> selector_forms() {
    return {
        simd_compute<Op, Lanes>(joined<"pv.", name, Lanes::kEnding>,
                                joined<code, "(0) rs2 rs1 0(0)", Lanes::kBit, kSimdTail>,
                                joined<semantics>),
        hardware_only(simd_compute<Op, Lanes>(
            joined<"pv.", name, ".sc", Lanes::kEnding>,
            joined<code, "(0) rs2 rs1 10", Lanes::kBit, kSimdTail>, joined<semantics>)),
    };
}

template <typename Op, Text name, Text code, Text semantics>
constexpr std::array<Instruction, 6> selector_family() {
    return concatenate(selector_forms<Op, HalfwordLanes, name, code, semantics>(),
                       selector_forms<Op, ByteLanes, name, code, semantics>(),
                       selector_forms<Op, CsrLanes, name, code, semantics>());
}

/// The four opcodes of the immediate shuffles; their vector and scalar forms all shuffle by rs2,
/// and only the first is emitted by tools.
template <u32 top, Text number, Text alias, Text code>
constexpr std::array<Instruction, 9> shuffles() {
    using Immediate = ShuffleImmediate<top>;
    auto by_register = selector_family<Shuffle, Text{"shuffle"} + alias, code,
                                       "lane i of rd = lane of rs1 that rs2 lane i names">();
    std::array<Instruction, 3> by_immediate{
        simd_compute<Immediate, HalfwordLanes>(
            joined<"pv.shuffle.sci.h", alias>,
            joined<code, " uimm[0] ---- uimm[1] rs1 110", kSimdTail>,
            "rd.h[1] = rs1.h[imm[1]]; rd.h[0] = rs1.h[imm[0]]"),
        simd_compute<Immediate, ByteLanes>(
            joined<"pv.shufflei", number, ".sci.b">,
            joined<code, " uimm[0] uimm[5:1] rs1 111", kSimdTail>,
            "rd.b[3] = rs1.b[K]; rd.b[2..0] = rs1.b[imm[5:4], imm[3:2], imm[1:0]]"),
        simd_compute<Immediate, CsrLanes>(joined<"pv.shufflei", number, ".sci.v">,
                                          joined<code, " uimm[0] uimm[5:1] rs1 11-", kSimdTail>,
                                          "immediate shuffle, format of CSR 0x00D"),
    };
    by_immediate[0].canonical = top == 0;
    for (Instruction& row : by_register)
        row.canonical = row.canonical && top == 0;
    return concatenate(by_register, by_immediate);
}

template <typename Lanes>
constexpr std::array<Instruction, 1> shuffle2_immediate() {
    return {hardware_only(simd_compute<Shuffle2, Lanes>(
        joined<"pv.shuffle2.sci", Lanes::kEnding>,
        joined<"110010 imm[0] imm[5:1] rs1 11", Lanes::kBit, kSimdTail>,
        "as pv.shuffle2, imm as the selector word"))};
}

constexpr std::array<Instruction, 9> shuffle2_family() {
    return concatenate(
        selector_family<Shuffle2, "shuffle2", "110010",
                        "lane i of rd = lane of rs1 or of rd that rs2 lane i names">(),
        shuffle2_immediate<HalfwordLanes>(), shuffle2_immediate<ByteLanes>(),
        shuffle2_immediate<CsrLanes>());
}

/// Only the two packs into a half keep the other half of the old rd.
template <permute::Pack pack>
struct PackLanes {
    static constexpr bool kReadsRd =
        pack == permute::Pack::into_high || pack == permute::Pack::into_low;

    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) requires(!kReadsRd) {
        return permute::packed<width>(pack, 0, a, b);
    }
    template <unsigned width>
    static constexpr u32 apply(u32 rd, u32 a, u32 b) requires(kReadsRd) {
        return permute::packed<width>(pack, rd, a, b);
    }
};

/// An immediate of pv.packh, and its repetition: insn[25], which tells it from pv.pack, is the
/// lowest bit of the immediate all the same.
template <typename Op>
struct WithLowestBit {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return Repeating<Op>::template apply<width>(a, b | 1);
    }
};

/// A scalar is repeated in front of the permuter, so 4- and 2-bit lanes count there although it has
/// no meaning for them (section 11.1).
template <permute::Pack pack, typename Lanes, Text name, Text code, Text select, Text immediate,
          Text semantics>
constexpr std::array<Instruction, 3> pack_forms(bool vector_is_canonical) {
    using Op = PackLanes<pack>;
    using Immediate =
        std::conditional_t<pack == permute::Pack::high, WithLowestBit<Op>, Repeating<Op>>;
    std::array<Instruction, 3> rows{
        simd_compute<Op, Lanes>(joined<"pv.", name, Lanes::kEnding>,
                                joined<code, select, " rs2 rs1 0(0)", Lanes::kBit, kSimdTail>,
                                joined<semantics>),
        hardware_only(simd_compute<Repeating<Op>, Lanes>(
            joined<"pv.", name, ".sc", Lanes::kEnding>,
            joined<code, select, " rs2 rs1 10", Lanes::kBit, kSimdTail>,
            joined<semantics, "; b = rs2 lane 0 in every lane">)),
        hardware_only(simd_compute<Immediate, Lanes>(
            joined<"pv.", name, ".sci", Lanes::kEnding>,
            joined<code, immediate, " rs1 11", Lanes::kBit, kSimdTail>,
            joined<semantics, "; b = imm in every lane">)),
    };
    rows[0].canonical = vector_is_canonical;
    return rows;
}

/// Tools emit the vector form of the status rows and of the lane width that `canonical` names.
template <permute::Pack pack, Text name, Text code, Text select, Text immediate, Text semantics>
constexpr std::array<Instruction, 9> pack_family(unsigned canonical) {
    return concatenate(
        pack_forms<pack, HalfwordLanes, name, code, select, immediate, semantics>(canonical == 16),
        pack_forms<pack, ByteLanes, name, code, select, immediate, semantics>(canonical == 8),
        pack_forms<pack, CsrLanes, name, code, select, immediate, semantics>(true));
}

constexpr auto kRows =
    concatenate(numbered_lane<Extract<true>, "extract", "011110", "rd = sx(rs1 lane imm)">(),
                numbered_lane<Extract<false>, "extractu", "100100", "rd = zx(rs1 lane imm)">(),
                numbered_lane<Insert, "insert", "101100", "rd lane imm = rs1 lane 0">(),
                shuffles<0, "0", "", "110000">(), shuffles<1, "1", ".alias1", "111010">(),
                shuffles<2, "2", ".alias2", "111100">(), shuffles<3, "3", ".alias3", "111110">(),
                shuffle2_family(),
                pack_family<permute::Pack::low, "pack", "110100", "0", "0 imm[5:1]",
                            "rd = {rs1 lane 0, b lane 0}">(16),
                pack_family<permute::Pack::high, "packh", "110100", "1", "1 imm[5:1]",
                            "rd = {rs1 high lane, b high lane}; pv.pack.h.h in other tools">(16),
                pack_family<permute::Pack::into_high, "packhi", "110110", "(0)", " imm[0] imm[5:1]",
                            "rd.h[1] = {rs1 lane 0, b lane 0}">(8),
                pack_family<permute::Pack::into_low, "packlo", "111000", "(0)", " imm[0] imm[5:1]",
                            "rd.h[0] = {rs1 lane 0, b lane 0}">(8));
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows simd_permute_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
