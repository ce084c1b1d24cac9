// SPDX-License-Identifier: Apache-2.0
// What a core does, in words.
#pragma once

#include "platform/system/soc.hpp"

#include <string>

namespace flexv::platform {

/// What it waits for, "running", or that it is the one that has faulted.
[[nodiscard]] inline std::string state_of(const Soc& soc, const core::Core& core) {
    const bool is_faulty = soc.fault() && soc.fault()->core == core.name();
    return is_faulty ? "stopped by the fault" : core.describe_wait();
}

}  // namespace flexv::platform
