// SPDX-License-Identifier: Apache-2.0
// What an instruction that the core has not would have been, and what to do about it: for people
// whose toolchain was set for another core.
#pragma once

#include "isa/decoder.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace flexv::core {

/// `: a floating-point instruction; ...`, empty when nothing is known about `word`.
/// \param configured the extensions of the core
/// \param setting what restricts them, as the user writes it: `soc.cluster.core.isa = rv32imc`
[[nodiscard]] std::string explain_illegal(u32 word, isa::Mode mode, isa::ExtensionSet configured,
                                          std::string_view setting);

/// The words around an ebreak make it a call of a debugger on the host (RISC-V semihosting).
[[nodiscard]] bool is_semihosting(std::optional<u32> before, std::optional<u32> behind);

}  // namespace flexv::core
