// SPDX-License-Identifier: Apache-2.0
// Machine-mode instructions that are not CSR accesses (docs/spec/isa.md, section 5; machine mode
// only).
#include "isa/chain.hpp"
#include "isa/encoding.hpp"
#include "isa/hart.hpp"
#include "isa/rows/rows.hpp"

namespace flexv::isa {
namespace {

constexpr unsigned kDebugPc = 0x7b1;  // CSR dpc

constexpr std::array kRows{
    Instruction{.name = "mret",
                .bits = "001100000010 00000 000 00000 1110011",
                .extension = Extension::priv,
                .timing = Timing::mret,
                .execute =
                    [](Hart& hart, const Operands&) {
                        hart.next_pc = hart.mepc;
                        hart.mie = hart.mpie;
                        hart.mpie = true;
                    },
                .semantics = "pc = mepc; MIE = MPIE; MPIE = 1"},
    // Without user mode the hardware decodes it and does nothing (quirk Q15).
    Instruction{.name = "uret",
                .bits = "000000000010 00000 000 00000 1110011",
                .extension = Extension::priv,
                .execute = [](Hart&, const Operands&) {},
                .semantics = "no operation in a core without user mode"},
    // Legal outside debug mode too (quirk Q15).
    Instruction{
        .name = "dret",
        .bits = "011110110010 00000 000 00000 1110011",
        .extension = Extension::priv,
        .timing = Timing::mret,
        .execute = [](Hart& hart, const Operands&) { hart.next_pc = hart.csrs->read(kDebugPc); },
        .semantics = "pc = dpc"},
    // Sleeping is the core's business: the row only names the instruction.
    Instruction{.name = "wfi",
                .bits = "000100000101 00000 000 00000 1110011",
                .extension = Extension::priv,
                .timing = Timing::wfi,
                .energy = Energy::idle,
                .execute = [](Hart&, const Operands&) {},
                .semantics = "sleep until the interrupt line is high; go on at pc+4"},
};
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows privileged_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
