// SPDX-License-Identifier: Apache-2.0
// The sizes of a configured platform under the names that power annotation files use.
#pragma once

#include "energy/architecture.hpp"
#include "platform/config/configuration.hpp"

namespace flexv::platform {

/// Everything countable that costs energy or area, in the order of the hierarchy. What it does not
/// name (latencies, clocks) changes no price of an event.
[[nodiscard]] energy::Architecture architecture_of(const SocConfiguration& config);

}  // namespace flexv::platform
