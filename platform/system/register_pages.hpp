// SPDX-License-Identifier: Apache-2.0
// The register map as text: the manual page and the C headers.
#pragma once

#include "platform/system/register_map.hpp"

#include <string>
#include <vector>

namespace flexv::platform {

/// A register, or equal registers whose names differ by a number that counts from 0.
struct RegisterEntry {
    std::string name;  ///< of several without the number: "BOOT_ADDR", "BAR_STATUS"
    u32 offset = 0;    ///< of the first
    unsigned count = 1;
    u32 stride_bytes = 0;  ///< 0 for a single register
    const Register* first = nullptr;
};
[[nodiscard]] std::vector<RegisterEntry> register_entries(const RegisterBank& bank);

/// What `describe` prints: page or headers of all blocks, or of the one named `only`. Throws
/// UserError.
[[nodiscard]] std::string describe_registers(std::vector<RegisterChapter> blocks, bool as_c,
                                             const std::string& only);
/// The page docs/reference/registers.md.
[[nodiscard]] std::string registers_as_markdown(const std::vector<RegisterChapter>& blocks);
/// The header of one block.
[[nodiscard]] std::string registers_as_c(const RegisterChapter& block);

}  // namespace flexv::platform
