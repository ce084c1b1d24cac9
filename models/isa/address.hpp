// SPDX-License-Identifier: Apache-2.0
// Where a load or store goes to. Rows, the load/store unit, which asks before the row executes, and
// whoever looks back at an instruction compute it here.
#pragma once

#include "isa/hart.hpp"
#include "isa/instruction.hpp"

#include <array>

namespace flexv::isa {

/// The fields of Mac&Load's 5-bit operand (docs/spec/isa.md section 12).
struct MacLoadField {
    unsigned weight;
    unsigned activation;
    bool loads_weight;
    bool loads_activation;

    explicit constexpr MacLoadField(unsigned imm5)
        : weight(imm5 >> 1 & 3),
          activation(imm5 & 1),
          loads_weight((imm5 & 16) != 0),
          loads_activation((imm5 & 8) != 0) {}
};

/// By general registers alone; `x` as they are in front of the instruction. 0 for `none`, and not
/// for a Mac&Load in status mode, whose address stands in CSRs.
[[nodiscard]] [[gnu::always_inline]] inline Address address_of(AddressMode mode, const Operands& op,
                                                               const std::array<u32, 32>& x) {
    switch (mode) {
        case AddressMode::base_immediate:
            return x[op.rs1] + u32(op.imm);
        case AddressMode::base:
        case AddressMode::mac_load:
            return x[op.rs1];
        case AddressMode::base_register:
            return x[op.rs1] + x[op.rs2];
        case AddressMode::base_rd:
            return x[op.rs1] + x[op.rd];
        case AddressMode::none:
            break;
    }
    return 0;
}

/// Of a Mac&Load in status mode.
[[nodiscard]] [[gnu::always_inline]] inline Address address_of_stream(const Hart& hart,
                                                                      const MacLoadField& field) {
    return field.loads_weight ? hart.weights.address : hart.activations.address;
}

/// In front of the instruction, with the registers as they are.
[[nodiscard]] [[gnu::always_inline]] inline Address address_of(AddressMode mode, const Operands& op,
                                                               const Hart& hart) {
    if (mode == AddressMode::base_immediate) [[likely]]
        return hart.x[op.rs1] + u32(op.imm);
    if (mode == AddressMode::mac_load && !hart.simd_legacy)
        return address_of_stream(hart, MacLoadField(op.imm2));
    return address_of(mode, op, hart.x);
}

}  // namespace flexv::isa
