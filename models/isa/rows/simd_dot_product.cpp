// SPDX-License-Identifier: Apache-2.0
// Dot products of opcode 0x57: 16- and 8-bit lanes named by the instruction (legacy mode), or any
// uniform or mixed format named by CSR 0x00D (status mode). docs/spec/isa.md, sections 10 and 11.2.
#include "isa/chain.hpp"
#include "isa/rows/rows.hpp"
#include "isa/rows/simd_forms.hpp"

namespace flexv::isa {
namespace {

/// Signs of the two operands and whether the old rd is added.
struct Kind {
    bool a_signed = false;
    bool b_signed = false;
    bool accumulates = false;
};

template <Kind kind, Source source, typename Lanes>
void execute(Hart& hart, const Operands& op, u32 slices_of_csr_format) {
    // A mixed format repeats the low halfword of a scalar before it is sliced.
    constexpr unsigned repeated = Lanes::kMixed ? kWord : Lanes::kWide;
    const u32 b = Lanes::slice(second_operand<source, repeated>(hart, op), hart.mixed_slice);
    const u32 product =
        dot_product<Lanes::kWide, Lanes::kNarrow, kind.a_signed, kind.b_signed>(hart.x[op.rs1], b);
    hart.x[op.rd] = (kind.accumulates ? hart.x[op.rd] : 0) + product;
    hart.macs += Lanes::kLanes;
    hart.mixed_dot_products += Lanes::kMixed;
    count_dot_product(hart, slices_of_csr_format);
}

template <Kind kind, Source source, unsigned width>
void execute_legacy(Hart& hart, const Operands& op) {
    execute<kind, source, Layout<width, width>>(hart, op, slices_of_format(hart.simd_format));
}

template <Kind kind, Source source>
struct DotProduct {
    template <typename Lanes>
    static void execute(Hart& hart, const Operands& op) {
        isa::execute<kind, source, Lanes>(hart, op, Lanes::kSlices);
    }
    /// Unlike RTL: stale multiplier data there, a product of 0 here (section 11.3).
    static void execute_without(Hart& hart, const Operands& op) {
        hart.x[op.rd] = kind.accumulates ? hart.x[op.rd] : 0;
        count_dot_product(hart, 1);
    }
};

template <Kind kind, Source source>
constexpr Execute kExecuteStatus = &execute_in_format<DotProduct<kind, source>>;

template <typename Name, Kind kind, unsigned width, typename Lanes, Text semantics>
constexpr std::array<Instruction, 3> legacy() {
    return simd_forms<Name, Lanes, semantics>(
        {Energy::dot_product, kind.accumulates},
        {execute_legacy<kind, Source::vector, width>, execute_legacy<kind, Source::scalar, width>,
         execute_legacy<kind, Source::immediate, width>});
}

template <typename Name, Kind kind, Text semantics>
constexpr std::array<Instruction, 9> family() {
    return concatenate(
        legacy<Name, kind, 16, HalfwordLanes, semantics>(),
        legacy<Name, kind, 8, ByteLanes, semantics>(),
        simd_forms<Name, CsrLanes, semantics>(
            {Energy::dot_product, kind.accumulates},
            {kExecuteStatus<kind, Source::vector>, kExecuteStatus<kind, Source::scalar>,
             kExecuteStatus<kind, Source::immediate>}));
}

// The immediate is signed where operand B is.
constexpr auto kRows = concatenate(
    family<SimdName<"dotup", "100000", "uimm">, Kind{false, false, false},
           "rd = sum zx(a)*zx(b)">(),
    family<SimdName<"dotusp", "100010", "imm">, Kind{false, true, false}, "rd = sum zx(a)*sx(b)">(),
    family<SimdName<"dotsp", "100110", "imm">, Kind{true, true, false}, "rd = sum sx(a)*sx(b)">(),
    family<SimdName<"sdotup", "101000", "uimm">, Kind{false, false, true},
           "rd += sum zx(a)*zx(b)">(),
    family<SimdName<"sdotusp", "101010", "imm">, Kind{false, true, true},
           "rd += sum zx(a)*sx(b)">(),
    family<SimdName<"sdotsp", "101110", "imm">, Kind{true, true, true}, "rd += sum sx(a)*sx(b)">());
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows simd_dot_product_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
