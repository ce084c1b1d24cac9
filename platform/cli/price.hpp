// SPDX-License-Identifier: Apache-2.0
// The command `price`: the energy of a finished run under another profile or operating point, to
// the last digit what a run with these settings gives.
#pragma once

#include "platform/cli/command_line.hpp"

namespace flexv::platform {

/// Writes the new report to the file that the command names, or to stdout. Returns the exit status
/// of the program. Throws UserError.
int price(const PriceCommand& command);

}  // namespace flexv::platform
