// SPDX-License-Identifier: Apache-2.0
// Which instruction waits for which: the stall rules of docs/spec/timing.md 1.1 and 1.5 as two
// masks for each instruction, so that the core tests one AND. Plain C++, evaluated once at
// decode.
#pragma once

#include "isa/decoder.hpp"
#include "isa/instruction.hpp"

namespace flexv::core::hazards {

/// Bits of a resource mask: x0..x31, then the neural-network registers.
constexpr u64 weight_register(unsigned index) { return u64{1} << (32 + index); }
constexpr u64 activation_register(unsigned index) { return u64{1} << (36 + index); }

/// True when the instruction sends a request to the data memory.
bool accesses_memory(const isa::Instruction& row, const isa::Operands& op);

/// Resources that the instruction needs when it enters EX.
u64 uses(const isa::Instruction& row, const isa::Operands& op);

/// Resources that this instruction delivers one cycle later than an ALU would.
u64 late(const isa::Instruction& row, const isa::Operands& op);

}  // namespace flexv::core::hazards
