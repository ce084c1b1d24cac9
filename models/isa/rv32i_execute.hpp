// SPDX-License-Identifier: Apache-2.0
// What the RV32I instructions do that have a compressed form: rows of both encodings share them.
#pragma once

#include "isa/hart.hpp"
#include "isa/instruction.hpp"

namespace flexv::isa::execute {

inline void lui(Hart& hart, const Operands& op) { hart.x[op.rd] = u32(op.imm); }

inline void addi(Hart& hart, const Operands& op) { hart.x[op.rd] = hart.x[op.rs1] + u32(op.imm); }
inline void andi(Hart& hart, const Operands& op) { hart.x[op.rd] = hart.x[op.rs1] & u32(op.imm); }
inline void slli(Hart& hart, const Operands& op) { hart.x[op.rd] = hart.x[op.rs1] << op.imm; }
inline void srli(Hart& hart, const Operands& op) { hart.x[op.rd] = hart.x[op.rs1] >> op.imm; }
inline void srai(Hart& hart, const Operands& op) {
    hart.x[op.rd] = u32(i32(hart.x[op.rs1]) >> op.imm);
}

inline void add(Hart& hart, const Operands& op) { hart.x[op.rd] = hart.x[op.rs1] + hart.x[op.rs2]; }
inline void sub(Hart& hart, const Operands& op) { hart.x[op.rd] = hart.x[op.rs1] - hart.x[op.rs2]; }
inline void bit_xor(Hart& hart, const Operands& op) {
    hart.x[op.rd] = hart.x[op.rs1] ^ hart.x[op.rs2];
}
inline void bit_or(Hart& hart, const Operands& op) {
    hart.x[op.rd] = hart.x[op.rs1] | hart.x[op.rs2];
}
inline void bit_and(Hart& hart, const Operands& op) {
    hart.x[op.rd] = hart.x[op.rs1] & hart.x[op.rs2];
}

/// Extends as T says: i8, u8, i16, u16 or u32.
template <typename T>
void load(Hart& hart, const Operands& op) {
    hart.x[op.rd] = u32(i32(hart.load<T>(hart.x[op.rs1] + u32(op.imm))));
}
template <typename T>
void store(Hart& hart, const Operands& op) {
    hart.store<T>(hart.x[op.rs1] + u32(op.imm), T(hart.x[op.rs2]));
}

/// The link value is the sequential successor: pc + 2 behind a compressed jump.
inline void jal(Hart& hart, const Operands& op) {
    hart.x[op.rd] = hart.next_pc;
    hart.next_pc = hart.pc + u32(op.imm);
}
inline void jalr(Hart& hart, const Operands& op) {
    const u32 target = (hart.x[op.rs1] + u32(op.imm)) & ~u32{1};
    hart.x[op.rd] = hart.next_pc;
    hart.next_pc = target;
}

inline void branch_if(bool taken, Hart& hart, const Operands& op) {
    if (taken)
        hart.next_pc = hart.pc + u32(op.imm);
}
inline void beq(Hart& hart, const Operands& op) {
    branch_if(hart.x[op.rs1] == hart.x[op.rs2], hart, op);
}
inline void bne(Hart& hart, const Operands& op) {
    branch_if(hart.x[op.rs1] != hart.x[op.rs2], hart, op);
}

[[noreturn]] inline void ebreak(Hart& /*hart*/, const Operands& /*op*/) {
    throw Trap{Cause::breakpoint};
}

}  // namespace flexv::isa::execute
