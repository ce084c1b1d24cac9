// SPDX-License-Identifier: Apache-2.0
#include "core/decode/hazards.hpp"

#include "isa/address.hpp"

namespace flexv::core::hazards {

namespace {

using isa::MacLoadField;

bool is_load(isa::Timing timing) {
    return timing == isa::Timing::load || timing == isa::Timing::event_load;
}

/// Bits 11:7 of the 32-bit word, whatever the instruction means by them: the NN-register interlock
/// looks at them (docs/spec/timing.md 1.5, "false hazard on index 0"). A compressed instruction is
/// expanded before.
unsigned rd_bits(const isa::Instruction& row, const isa::Operands& op) {
    const u32 imm = u32(op.imm);
    if (op.size == 4)
        return op.word >> 7 & 31;
    if (row.timing == isa::Timing::store)
        return imm & 31;
    if (row.timing == isa::Timing::branch)
        return (imm & 0x1e) | (imm >> 11 & 1);
    return op.rd;
}

u64 mac_load_uses(const isa::Instruction& row, const isa::Operands& op) {
    const MacLoadField field(op.imm2);
    u64 mask = isa::registers_read(row, op) & ~u64{1};
    if ((field.loads_weight || field.loads_activation) && op.rs1 == 0)
        mask |= 1;  // its address is written back to x0, too
    if (op.imm2 != 0)
        mask |= u64{1} << op.imm2;  // the field is compared as if it were register rs2: `ml_k_ld`
    if (op.rd != 0)
        mask |=
            u64{1} << op.rd | weight_register(field.weight) | activation_register(field.activation);
    return mask;
}

}  // namespace

bool accesses_memory(const isa::Instruction& row, const isa::Operands& op) {
    if (row.timing != isa::Timing::mac_load)
        return row.access.mode != isa::AddressMode::none;
    const MacLoadField field(op.imm2);
    return field.loads_weight || field.loads_activation;
}

u64 uses(const isa::Instruction& row, const isa::Operands& op) {
    if (row.timing == isa::Timing::mac_load)
        return mac_load_uses(row, op);
    u64 mask = isa::registers_read(row, op) & ~u64{1};  // reading x0 never waits
    if (!is_load(row.timing))
        mask |= isa::registers_written(row, op);  // write after write, x0 included: `ld_waw`
    if (rd_bits(row, op) != 0)
        mask |= weight_register(0) | activation_register(0);  // `ml_w0_alu`, `ml_a0_alu`
    return mask;
}

u64 late(const isa::Instruction& row, const isa::Operands& op) {
    if (row.timing == isa::Timing::load)
        return u64{1} << op.rd;
    if (row.timing != isa::Timing::mac_load)
        return 0;
    const MacLoadField field(op.imm2);
    return (field.loads_weight ? weight_register(field.weight) : 0) |
           (field.loads_activation ? activation_register(field.activation) : 0);
}

}  // namespace flexv::core::hazards
