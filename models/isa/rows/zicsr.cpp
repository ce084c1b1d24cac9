// SPDX-License-Identifier: Apache-2.0
// CSR instructions. Unlike the standard, the set and clear forms always write, also with x0 or 0,
// and an unknown number never traps (docs/spec/isa.md, section 3): a read of 0x100 or 0x101 has a
// side effect.
#include "isa/chain.hpp"
#include "isa/rows/compute.hpp"
#include "isa/rows/rows.hpp"

namespace flexv::isa {
namespace {

constexpr auto kWrite = operation<"rs1">([](u32 /*old*/, u32 operand) { return operand; });
constexpr auto kSet = operation<"old | rs1">([](u32 old, u32 operand) { return old | operand; });
constexpr auto kClear =
    operation<"old & ~rs1">([](u32 old, u32 operand) { return old & ~operand; });

template <typename Update, Field operand>
void update(Hart& hart, const Operands& op) {
    const unsigned number = unsigned(op.imm);
    const u32 old = hart.csrs->read(number);
    hart.csrs->write(number, Update{}(old, detail::value_of<operand>(hart, op)));
    hart.x[op.rd] = old;
}

/// The operand is rs1, or the second immediate.
template <Text text, typename Update>
constexpr Instruction access(std::string_view name, std::string_view bits,
                             Operation<text, Update> /*what*/) {
    const bool by_register = parse_bits(bits).field(Field::rs1).present;
    return {
        .name = name,
        .bits = bits,
        .syntax = by_register ? "rd, csr, rs1" : "rd, csr, imm2",
        .extension = Extension::zicsr,
        .timing = Timing::csr,
        .execute = by_register ? &update<Update, Field::rs1> : &update<Update, Field::immediate2>,
        .semantics = joined<"rd = CSR; CSR = ", text>};
}

constexpr std::array kRows{
    access("csrrw", "uimm[11:0] rs1 001 rd 1110011", kWrite),
    access("csrrs", "uimm[11:0] rs1 010 rd 1110011", kSet),
    access("csrrc", "uimm[11:0] rs1 011 rd 1110011", kClear),
    access("csrrwi", "uimm[11:0] uimm2[4:0] 101 rd 1110011", kWrite),
    access("csrrsi", "uimm[11:0] uimm2[4:0] 110 rd 1110011", kSet),
    access("csrrci", "uimm[11:0] uimm2[4:0] 111 rd 1110011", kClear),
};
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows zicsr_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
