// SPDX-License-Identifier: Apache-2.0
// The command `run`: builds the platform, boots the firmware, and tells what came of it.
#pragma once

#include "platform/cli/command_line.hpp"
#include "platform/config/configuration.hpp"

namespace flexv::platform {

/// Simulates until the firmware ends, fails or is stopped. Returns the exit status of the program.
/// Throws UserError before time starts.
int run_simulation(const RunOptions& options, const Configuration& configuration);

}  // namespace flexv::platform
