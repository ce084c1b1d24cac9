// SPDX-License-Identifier: Apache-2.0
// The GNU cross assembler, for tests that compare words with what it makes of a text.
#pragma once

#include "base/units.hpp"

#include <optional>
#include <string>
#include <vector>

namespace flexv::test {

/// The bytes of .text, or nothing when the assembler refuses the source. The generated macros can
/// be included as "flexv_isa.inc".
std::optional<std::vector<u8>> assemble_with_gas(const std::string& source,
                                                 const std::string& march);

/// The little-endian word of `size` bytes at `offset`; 0 beyond the end.
u32 word_at(const std::vector<u8>& bytes, std::size_t offset, unsigned size);

}  // namespace flexv::test
