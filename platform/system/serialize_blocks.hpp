// SPDX-License-Identifier: Apache-2.0
// The blocks of the platform in a checkpoint: one part for each module, under its name.
#pragma once

#include "base/state_archive.hpp"

#include <systemc>

namespace flexv::platform {

/// All modules below `top`, with their counters. Throws UserError where what is loaded is not of
/// these modules.
void serialize_blocks(const sc_core::sc_object& top, StateArchive& archive);

}  // namespace flexv::platform
