// SPDX-License-Identifier: Apache-2.0
// CSR instructions. Unlike the standard, the set and clear forms always write, also with x0 or 0,
// and an unknown number never traps (docs/spec/isa.md, section 3): a read of 0x100 or 0x101 has a
// side effect.
#include "isa/chain.hpp"
#include "isa/encoding.hpp"
#include "isa/hart.hpp"
#include "isa/rows.hpp"

namespace flexv::isa {
namespace {

constexpr u32 write(u32 /*old*/, u32 operand) { return operand; }
constexpr u32 set(u32 old, u32 operand) { return old | operand; }
constexpr u32 clear(u32 old, u32 operand) { return old & ~operand; }

using Update = u32 (*)(u32 old, u32 operand);

template <Update update>
void access(Hart& hart, const Operands& op, u32 operand) {
    const unsigned number = unsigned(op.imm);
    const u32 old = hart.csrs->read(number);
    hart.csrs->write(number, update(old, operand));
    hart.x[op.rd] = old;
}

template <Update update>
constexpr Instruction register_form(std::string_view name, std::string_view bits,
                                    std::string_view semantics) {
    return {
        .name = name,
        .bits = bits,
        .syntax = "rd, csr, rs1",
        .extension = Extension::zicsr,
        .timing = Timing::csr,
        .execute = [](Hart& hart, const Operands& op) { access<update>(hart, op, hart.x[op.rs1]); },
        .semantics = semantics};
}

template <Update update>
constexpr Instruction immediate_form(std::string_view name, std::string_view bits,
                                     std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = "rd, csr, imm2",
            .extension = Extension::zicsr,
            .timing = Timing::csr,
            .execute = [](Hart& hart, const Operands& op) { access<update>(hart, op, op.imm2); },
            .semantics = semantics};
}

constexpr std::array kRows{
    register_form<write>("csrrw", "uimm[11:0] rs1 001 rd 1110011", "rd = CSR; CSR = rs1"),
    register_form<set>("csrrs", "uimm[11:0] rs1 010 rd 1110011", "rd = CSR; CSR = old | rs1"),
    register_form<clear>("csrrc", "uimm[11:0] rs1 011 rd 1110011", "rd = CSR; CSR = old & ~rs1"),
    immediate_form<write>("csrrwi", "uimm[11:0] uimm2[4:0] 101 rd 1110011", "rd = CSR; CSR = imm2"),
    immediate_form<set>("csrrsi", "uimm[11:0] uimm2[4:0] 110 rd 1110011",
                        "rd = CSR; CSR = old | imm2"),
    immediate_form<clear>("csrrci", "uimm[11:0] uimm2[4:0] 111 rd 1110011",
                          "rd = CSR; CSR = old & ~imm2"),
};
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows zicsr_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
