// SPDX-License-Identifier: Apache-2.0
// The reply that tells a debugger why the platform stands still, or a thread does.
#pragma once

#include "platform/debug/target.hpp"

#include <string>

namespace flexv::platform {

/// Signal and thread, the registers that every debugger asks for next, and the reason.
/// \param knows_breakpoint_reasons the debugger has said that it knows "swbreak" and "hwbreak"
[[nodiscard]] std::string stop_reply(const Stop& stop, DebugTarget& target,
                                     bool knows_breakpoint_reasons);

}  // namespace flexv::platform
