// SPDX-License-Identifier: Apache-2.0
// Reads whole files that the user names. What was read is remembered, so that no output of the same
// program replaces it.
#pragma once

#include "base/units.hpp"
#include "platform/files/file_place.hpp"

#include <optional>
#include <string>

namespace flexv::platform {

/// Contents of a regular file or, to its end, of a pipe; at most so many bytes. `subject` begins
/// the message of a mistake: "report run.json". Throws UserError for everything else: a folder, a
/// device, a file that is too large, cannot be read or is an output of this program.
[[nodiscard]] std::string read_input(const std::string& path, u64 max_bytes,
                                     const std::string& subject);

/// What was read from the same file before; nullopt for nothing.
[[nodiscard]] std::optional<std::string> input_at(const FilePlace& place);

}  // namespace flexv::platform
