// SPDX-License-Identifier: Apache-2.0
// The reset of everything in a part of the hierarchy, so that no list of blocks is kept for it.
#pragma once

#include <systemc>

namespace flexv::platform {

/// Resets every block below `top`, in the course of a run: totals go on. The timeline still holds
/// what was pending.
void reset_blocks(const sc_core::sc_object& top);

}  // namespace flexv::platform
