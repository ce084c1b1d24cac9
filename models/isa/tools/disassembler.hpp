// SPDX-License-Identifier: Apache-2.0
// Instruction words as text.
#pragma once

#include "isa/decoder.hpp"

#include <string>

namespace flexv::isa {

enum class RegisterNames { abi, numeric };  ///< a0, or x10 as the RTL's tracer writes

/// For example `p.lw a1, 4(a0!)`. Branch and loop targets are absolute addresses. A word that the
/// decoder does not know in this mode becomes `.word 0x...` or, when compressed, `.half 0x...`.
std::string disassemble(u32 word, u32 pc, const Decoder& decoder, Mode mode);

/// The text of an instruction that is already decoded.
std::string format_instruction(const Instruction& row, const Operands& op, u32 pc,
                               RegisterNames names = RegisterNames::abi);

}  // namespace flexv::isa
