// SPDX-License-Identifier: Apache-2.0
// One line of assembly to one instruction word, driven by the same rows as the disassembler. Made
// for tests and tools; firmware is built with a real assembler and the generated macros.
#pragma once

#include "base/units.hpp"

#include <string_view>

namespace flexv::isa {

/// Takes what the disassembler prints: ABI or x0..x31 register names, decimal or 0x numbers,
/// absolute branch targets. No labels, no pseudo-instructions. A compressed word is in the low
/// half. Throws std::invalid_argument with the reason.
u32 assemble(std::string_view line, u32 pc = 0);

}  // namespace flexv::isa
