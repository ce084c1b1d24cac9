// SPDX-License-Identifier: Apache-2.0
// Extract, insert, shuffle and pack of opcode 0x57, with all encodings that the hardware takes for
// them: it decodes many that no tool emits (docs/spec/isa.csv, rows with canonical=n).
#include "isa/chain.hpp"
#include "isa/rows.hpp"
#include "isa/simd_forms.hpp"
#include "isa/simd_permutation.hpp"

namespace flexv::isa {
namespace {

/// Runs `Op` with the width of the format in CSR 0x00D.
template <typename Op>
void execute_status(Hart& hart, const Operands& op) {
    switch (Format(hart.simd_format)) {
        case Format::h:
            return Op::template execute<16>(hart, op);
        case Format::b:
            return Op::template execute<8>(hart, op);
        default:
            return Op::template execute<kWord>(hart, op);
    }
}

template <typename Op, typename Lanes>
constexpr Execute execute_in() {
    if constexpr (Lanes::kMode == Mode::status)
        return execute_status<Op>;
    else
        return Op::template execute<(Lanes::kEnding.chars[1] == 'h' ? 16 : 8)>;
}

constexpr Instruction hardware_only(Instruction row) {
    row.canonical = false;
    return row;
}

template <bool is_signed>
struct Extract {
    template <unsigned width>
    static void execute(Hart& hart, const Operands& op) {
        hart.x[op.rd] = permute::extract<width, is_signed>(hart.x[op.rs1], u32(op.imm));
    }
};

struct Insert {
    template <unsigned width>
    static void execute(Hart& hart, const Operands& op) {
        hart.x[op.rd] = permute::insert<width>(hart.x[op.rd], hart.x[op.rs1], u32(op.imm));
    }
};

/// The lane number is {insn[20], insn[25]}; insn[14:13] is emitted as 11 and ignored. Halfwords
/// have one bit of it, which sits where the lower bit of the others is.
template <typename Op, Text name, Text code, Text semantics>
constexpr std::array<Instruction, 3> numbered_lane(bool reads_rd) {
    const SimdTraits traits{Energy::alu, reads_rd};
    const auto row = [&]<typename Lanes>(Lanes, std::string_view bits) {
        return simd_row(joined<"pv.", name, Lanes::kEnding>, bits, "rd, rs1, imm", Lanes::kMode,
                        traits, execute_in<Op, Lanes>(), joined<semantics>);
    };
    return {
        row(HalfwordLanes{}, joined<code, " uimm[0] ----- rs1 (11)0", kSimdTail>),
        row(ByteLanes{}, joined<code, " uimm[0] ---- uimm[1] rs1 (11)1", kSimdTail>),
        row(CsrLanes{}, joined<code, " uimm[0] ---- uimm[1] rs1 (11)-", kSimdTail>),
    };
}

struct Shuffle {
    template <unsigned width>
    static void execute(Hart& hart, const Operands& op) {
        hart.x[op.rd] = permute::shuffle<width>(hart.x[op.rs1], hart.x[op.rs2]);
    }
};

/// `top` is the byte that goes to lane 3.
template <u32 top>
struct ShuffleImmediate {
    template <unsigned width>
    static void execute(Hart& hart, const Operands& op) {
        hart.x[op.rd] = permute::shuffle_immediate<width>(hart.x[op.rs1], u32(op.imm), top);
    }
};

/// Unlike elsewhere, a scalar or an immediate selector is not repeated.
template <Source source>
struct Shuffle2 {
    template <unsigned width>
    static void execute(Hart& hart, const Operands& op) {
        hart.x[op.rd] = permute::shuffle2<width>(hart.x[op.rd], hart.x[op.rs1],
                                                 second_operand<source>(hart, op));
    }
};

/// Vector and scalar form, which do the same.
template <typename Op, typename Lanes, Text name, Text code, Text semantics>
constexpr std::array<Instruction, 2> selector_forms(SimdTraits traits) {
    constexpr Execute kExecute = execute_in<Op, Lanes>();
    return {
        simd_row(joined<"pv.", name, Lanes::kEnding>,
                 joined<code, "(0) rs2 rs1 0(0)", Lanes::kBit, kSimdTail>, "rd, rs1, rs2",
                 Lanes::kMode, traits, kExecute, joined<semantics>),
        hardware_only(simd_row(joined<"pv.", name, ".sc", Lanes::kEnding>,
                               joined<code, "(0) rs2 rs1 10", Lanes::kBit, kSimdTail>,
                               "rd, rs1, rs2", Lanes::kMode, traits, kExecute, joined<semantics>)),
    };
}

template <typename Op, Text name, Text code, Text semantics>
constexpr std::array<Instruction, 6> selector_family(SimdTraits traits) {
    return concatenate(selector_forms<Op, HalfwordLanes, name, code, semantics>(traits),
                       selector_forms<Op, ByteLanes, name, code, semantics>(traits),
                       selector_forms<Op, CsrLanes, name, code, semantics>(traits));
}

/// The four opcodes of the immediate shuffles; their vector and scalar forms all shuffle by rs2,
/// and only the first is emitted by tools.
template <u32 top, Text number, Text alias, Text code>
constexpr std::array<Instruction, 9> shuffles() {
    using Immediate = ShuffleImmediate<top>;
    auto by_register = selector_family<Shuffle, Text{"shuffle"} + alias, code,
                                       "lane i of rd = lane of rs1 that rs2 lane i names">({});
    std::array<Instruction, 3> by_immediate{
        simd_row(joined<"pv.shuffle.sci.h", alias>,
                 joined<code, " uimm[0] ---- uimm[1] rs1 110", kSimdTail>, "rd, rs1, imm",
                 Mode::legacy, {}, Immediate::template execute<16>,
                 "rd.h[1] = rs1.h[imm[1]]; rd.h[0] = rs1.h[imm[0]]"),
        simd_row(joined<"pv.shufflei", number, ".sci.b">,
                 joined<code, " uimm[0] uimm[5:1] rs1 111", kSimdTail>, "rd, rs1, imm",
                 Mode::legacy, {}, Immediate::template execute<8>,
                 "rd.b[3] = rs1.b[K]; rd.b[2..0] = rs1.b[imm[5:4], imm[3:2], imm[1:0]]"),
        simd_row(joined<"pv.shufflei", number, ".sci.v">,
                 joined<code, " uimm[0] uimm[5:1] rs1 11-", kSimdTail>, "rd, rs1, imm",
                 Mode::status, {}, execute_status<Immediate>,
                 "immediate shuffle, format of CSR 0x00D"),
    };
    by_immediate[0].canonical = top == 0;
    for (Instruction& row : by_register)
        row.canonical = row.canonical && top == 0;
    return concatenate(by_register, by_immediate);
}

template <typename Lanes>
constexpr std::array<Instruction, 1> shuffle2_immediate() {
    return {hardware_only(simd_row(joined<"pv.shuffle2.sci", Lanes::kEnding>,
                                   joined<"110010 imm[0] imm[5:1] rs1 11", Lanes::kBit, kSimdTail>,
                                   "rd, rs1, imm", Lanes::kMode, {Energy::alu, true},
                                   execute_in<Shuffle2<Source::immediate>, Lanes>(),
                                   "as pv.shuffle2, imm as the selector word"))};
}

constexpr std::array<Instruction, 9> shuffle2_family() {
    return concatenate(selector_family<Shuffle2<Source::vector>, "shuffle2", "110010",
                                       "lane i of rd = lane of rs1 or of rd that rs2 lane i names">(
                           {Energy::alu, true}),
                       shuffle2_immediate<HalfwordLanes>(), shuffle2_immediate<ByteLanes>(),
                       shuffle2_immediate<CsrLanes>());
}

/// A scalar in the lanes of the format. Those of 4 and 2 bits count here too: they are made in
/// front of the permuter, which has no meaning for them (section 11.1).
template <unsigned width>
u32 repeated(const Hart& hart, u32 scalar) {
    if (width == kWord && Format(hart.simd_format) == Format::n)
        return replicate<4>(scalar);
    if (width == kWord && Format(hart.simd_format) == Format::c)
        return replicate<2>(scalar);
    return replicate<width>(scalar);
}

template <permute::Pack pack, Source source>
struct PackLanes {
    template <unsigned width>
    static void execute(Hart& hart, const Operands& op) {
        const u32 rs2 = hart.x[op.rs2];
        const u32 b = source == Source::vector ? rs2 : repeated<width>(hart, rs2);
        hart.x[op.rd] = permute::packed<width>(pack, hart.x[op.rd], hart.x[op.rs1], b);
    }
};

/// pv.pack and pv.packh differ in insn[25], which is the lowest bit of an immediate all the same.
template <permute::Pack pack>
struct PackImmediate {
    template <unsigned width>
    static void execute(Hart& hart, const Operands& op) {
        const u32 b = repeated<width>(hart, u32(op.imm) | (op.word >> 25 & 1));
        hart.x[op.rd] = permute::packed<width>(pack, hart.x[op.rd], hart.x[op.rs1], b);
    }
};

/// `select` is insn[25] in the register forms, `immediate` insn[25:20] in the immediate form.
template <permute::Pack pack, typename Lanes, Text name, Text code, Text select, Text immediate,
          Text semantics>
constexpr std::array<Instruction, 3> pack_forms(SimdTraits traits, bool vector_is_canonical) {
    std::array<Instruction, 3> rows{
        simd_row(joined<"pv.", name, Lanes::kEnding>,
                 joined<code, select, " rs2 rs1 0(0)", Lanes::kBit, kSimdTail>, "rd, rs1, rs2",
                 Lanes::kMode, traits, execute_in<PackLanes<pack, Source::vector>, Lanes>(),
                 joined<semantics>),
        hardware_only(simd_row(joined<"pv.", name, ".sc", Lanes::kEnding>,
                               joined<code, select, " rs2 rs1 10", Lanes::kBit, kSimdTail>,
                               "rd, rs1, rs2", Lanes::kMode, traits,
                               execute_in<PackLanes<pack, Source::scalar>, Lanes>(),
                               joined<semantics, "; b = rs2 lane 0 in every lane">)),
        hardware_only(simd_row(joined<"pv.", name, ".sci", Lanes::kEnding>,
                               joined<code, immediate, " rs1 11", Lanes::kBit, kSimdTail>,
                               "rd, rs1, imm", Lanes::kMode, traits,
                               execute_in<PackImmediate<pack>, Lanes>(),
                               joined<semantics, "; b = imm in every lane">)),
    };
    rows[0].canonical = vector_is_canonical;
    return rows;
}

/// Tools emit the vector form of the status rows and of the lane width that `canonical` names.
template <permute::Pack pack, Text name, Text code, Text select, Text immediate, Text semantics>
constexpr std::array<Instruction, 9> pack_family(bool reads_rd, unsigned canonical) {
    const SimdTraits traits{Energy::alu, reads_rd};
    return concatenate(
        pack_forms<pack, HalfwordLanes, name, code, select, immediate, semantics>(traits,
                                                                                  canonical == 16),
        pack_forms<pack, ByteLanes, name, code, select, immediate, semantics>(traits,
                                                                              canonical == 8),
        pack_forms<pack, CsrLanes, name, code, select, immediate, semantics>(traits, true));
}

constexpr auto kRows = concatenate(
    numbered_lane<Extract<true>, "extract", "011110", "rd = sx(rs1 lane imm)">(false),
    numbered_lane<Extract<false>, "extractu", "100100", "rd = zx(rs1 lane imm)">(false),
    numbered_lane<Insert, "insert", "101100", "rd lane imm = rs1 lane 0">(true),
    shuffles<0, "0", "", "110000">(), shuffles<1, "1", ".alias1", "111010">(),
    shuffles<2, "2", ".alias2", "111100">(), shuffles<3, "3", ".alias3", "111110">(),
    shuffle2_family(),
    pack_family<permute::Pack::low, "pack", "110100", "0", "0 imm[5:1]",
                "rd = {rs1 lane 0, b lane 0}">(false, 16),
    pack_family<permute::Pack::high, "packh", "110100", "1", "1 imm[5:1]",
                "rd = {rs1 high lane, b high lane}; pv.pack.h.h in other tools">(false, 16),
    pack_family<permute::Pack::into_high, "packhi", "110110", "(0)", " imm[0] imm[5:1]",
                "rd.h[1] = {rs1 lane 0, b lane 0}">(true, 8),
    pack_family<permute::Pack::into_low, "packlo", "111000", "(0)", " imm[0] imm[5:1]",
                "rd.h[0] = {rs1 lane 0, b lane 0}">(true, 8));
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows simd_permute_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
