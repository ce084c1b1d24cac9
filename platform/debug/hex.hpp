// SPDX-License-Identifier: Apache-2.0
// Hexadecimal text as the remote serial protocol of GDB writes it. Plain C++; nothing throws.
#pragma once

#include "base/units.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace flexv::platform::hex {

/// Two lower-case digits a byte.
[[nodiscard]] std::string of_bytes(std::string_view bytes);
/// The four bytes of `value` in the order of memory, little-endian: 1 is "01000000".
[[nodiscard]] std::string of_word(u32 value);
/// Without leading zeros.
[[nodiscard]] std::string of_number(u64 value);

/// nullopt for an odd number of digits and for anything that is no digit.
[[nodiscard]] std::optional<std::string> bytes_of(std::string_view text);
/// Up to 16 digits, big-endian; nullopt for an empty text and for anything else.
[[nodiscard]] std::optional<u64> number_of(std::string_view text);
/// The same for what fits into an address or a register.
[[nodiscard]] std::optional<u32> word_number_of(std::string_view text);
/// Eight digits in the order of memory.
[[nodiscard]] std::optional<u32> word_of(std::string_view text);

}  // namespace flexv::platform::hex
