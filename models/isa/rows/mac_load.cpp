// SPDX-License-Identifier: Apache-2.0
// Mac&Load: a dot product of two registers of the neural-network register file, and at the same
// time the load that refills one of them (docs/spec/isa.md, section 12). Uniform lanes named by the
// instruction with the address in rs1 (legacy mode), or the format of CSR 0x00D with the addresses
// in CSRs (status mode).
#include "isa/address.hpp"
#include "isa/chain.hpp"
#include "isa/encoding.hpp"
#include "isa/rows/rows.hpp"
#include "isa/rows/simd.hpp"
#include "isa/text.hpp"

namespace flexv::isa {
namespace {

/// Refills the register that the word names and steps its address stream. Both registers together
/// are illegal and not part of any row.
void refill(Hart& hart, MacLoadField field, u32 word) {
    if (field.loads_weight) {
        hart.nn_weights[field.weight] = word;
        hart.weights.step();
    } else {
        hart.nn_activations[field.activation] = word;
        hart.activations.step();
    }
}

/// The streams step here, too.
void refill_from_rs1(Hart& hart, const Operands& op) {
    const Address base = address_of(AddressMode::mac_load, op, hart.x);
    refill(hart, MacLoadField(op.imm2), hart.load<u32>(base));
    hart.x[op.rs1] = base + 4;
}

/// Unlike RTL: rs1 keeps its value; the hardware overwrites it with a stale ALU result (quirk Q1).
void refill_from_stream(Hart& hart, const Operands& op) {
    const MacLoadField field(op.imm2);
    refill(hart, field, hart.load<u32>(address_of_stream(hart, field)));
}

using Refill = void (*)(Hart&, const Operands&);

/// The product uses the registers before the refill, and is written last: it wins if rd == rs1.
/// rd = x0 only loads.
template <typename Lanes, bool a_signed, bool w_signed, Refill refill_from>
void execute(Hart& hart, const Operands& op, u32 slices_of_csr_format) {
    const MacLoadField field(op.imm2);
    const u32 a = hart.nn_activations[field.activation];
    const u32 w = hart.nn_weights[field.weight];
    const u32 accumulator = hart.x[op.rd];
    if (field.loads_weight || field.loads_activation)
        refill_from(hart, op);
    if (op.rd == 0)
        return;
    hart.x[op.rd] = accumulator + dot_product<Lanes::kWide, Lanes::kNarrow, a_signed, w_signed>(
                                      a, Lanes::slice(w, hart.mixed_slice));
    hart.macs += Lanes::kLanes;
    hart.mixed_dot_products += Lanes::kMixed;
    count_dot_product(hart, slices_of_csr_format);
}

template <unsigned width, bool a_signed, bool w_signed>
void execute_legacy(Hart& hart, const Operands& op) {
    execute<Layout<width, width>, a_signed, w_signed, refill_from_rs1>(
        hart, op, slices_of_format(hart.simd_format));
}

/// With the Layout of the format in CSR 0x00D.
template <bool a_signed, bool w_signed>
struct InFormat {
    template <typename Lanes>
    static void execute(Hart& hart, const Operands& op) {
        isa::execute<Lanes, a_signed, w_signed, refill_from_stream>(hart, op, Lanes::kSlices);
    }
    static void execute_without(Hart& /*hart*/, const Operands& op) {
        throw Trap{Cause::illegal_instruction, op.word, &op};
    }
};

constexpr Instruction row(std::string_view name, std::string_view bits, Mode mode, Execute execute,
                          std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = "rd, rs1, imm2",
            .extension = mode == Mode::status ? Extension::flexv : Extension::xpulpnn,
            .mode = mode,
            .timing = Timing::mac_load,
            .energy = Energy::dot_product,
            .access = {AddressMode::mac_load, 4},
            .reads_rd = true,
            .execute = execute,
            .semantics = semantics};
}

/// One choice of signs in all lane widths. The name tells the weight's sign before the
/// activation's.
template <Text signs, Text code, bool a_signed, bool w_signed, Text product>
constexpr std::array<Instruction, 5> family() {
    constexpr Text kFields = " uimm2[4:0]!11--- rs1 ";
    constexpr Text kTail = " rd 1110111";
    constexpr std::string_view kLegacy =
        joined<"rd += ", product, "; refill W or A from M32[rs1], rs1 += 4">;
    return {
        row(joined<"pv.mlsdot", signs, ".h">, joined<code, kFields, "000", kTail>, Mode::legacy,
            execute_legacy<16, a_signed, w_signed>, kLegacy),
        row(joined<"pv.mlsdot", signs, ".b">, joined<code, kFields, "001", kTail>, Mode::legacy,
            execute_legacy<8, a_signed, w_signed>, kLegacy),
        row(joined<"pv.mlsdot", signs, ".n">, joined<code, kFields, "010", kTail>, Mode::legacy,
            execute_legacy<4, a_signed, w_signed>, kLegacy),
        row(joined<"pv.mlsdot", signs, ".c">, joined<code, kFields, "011", kTail>, Mode::legacy,
            execute_legacy<2, a_signed, w_signed>, kLegacy),
        row(joined<"pv.mlsdot", signs, ".v">, joined<code, kFields, "---", kTail>, Mode::status,
            execute_in_format<InFormat<a_signed, w_signed>>,
            joined<"rd += ", product, ", format of CSR 0x00D; refill W or A from its stream">),
    };
}

constexpr auto kRows = concatenate(family<"up", "1110000", false, false, "sum zx(A)*zx(W)">(),
                                   family<"usp", "1110100", true, false, "sum sx(A)*zx(W)">(),
                                   family<"sup", "1101100", false, true, "sum zx(A)*sx(W)">(),
                                   family<"sp", "1111100", true, true, "sum sx(A)*sx(W)">());
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows mac_load_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
