// SPDX-License-Identifier: Apache-2.0
// What the program returns when it is not the firmware's own code, and the one place that turns an
// exception into a message and a status.
#pragma once

#include "base/error.hpp"

#include <functional>
#include <string_view>

namespace flexv::platform {

/// 0..99 is the firmware's own code; more than 99 gives 99.
enum ExitStatus : int {
    user_error = 101,      ///< arguments, configuration, ELF
    firmware_fault = 102,  ///< a fault that the firmware did not handle
    internal_error = 103,  ///< a broken invariant of the platform
    limit_reached = 104,   ///< simulation.max_cycles
    deadlock = 105,        ///< every core asleep and nothing pending
    signal_base = 128,     ///< 128 + N: ended by signal N
};

/// Tells on stderr what the user did wrongly. Returns user_error.
[[nodiscard]] int refuse(const UserError& mistake);

/// The result of `body`, or the status of what it throws after the message went to stderr.
[[nodiscard]] int guarded(const std::function<int()>& body);

/// Prints what a command was asked for to stdout. Returns its exit status: 0, or that of a filter
/// whose reader has gone away (SIGPIPE), which is no mistake. Throws UserError when stdout cannot
/// be written.
[[nodiscard]] int print(std::string_view text);

}  // namespace flexv::platform
