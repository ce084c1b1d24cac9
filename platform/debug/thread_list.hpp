// SPDX-License-Identifier: Apache-2.0
// The document in which a debugger finds all threads with name and state.
#pragma once

#include "platform/debug/target.hpp"

#include <string>

namespace flexv::platform {

/// XML, for qXfer:threads.
[[nodiscard]] std::string thread_list(const DebugTarget& target);

}  // namespace flexv::platform
