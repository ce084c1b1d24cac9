// SPDX-License-Identifier: Apache-2.0
// What one function of the firmware has cost, as plain data. Its own file, because results hold it
// without the probe that measures it.
#pragma once

#include "base/units.hpp"
#include "energy/counters.hpp"
#include "platform/probes/core_counters.hpp"

#include <string>
#include <vector>

namespace flexv::platform {

/// What the cores have done in one function, all of them together.
struct FunctionResult {
    std::string name;
    std::string file;  ///< where its source begins; empty when the image does not tell
    unsigned line = 0;
    energy::Counts counts;  ///< of the cores, and their accesses to the TCDM
    u64 instructions = 0;
    Cycles active_cycles = 0;
    Cycles sleep_cycles = 0;
    u64 macs = 0;
    u64 attojoules = 0;  ///< clock, execution, fetch and TCDM; not what all cores share
};

/// A function as its counts tell it.
[[nodiscard]] FunctionResult function_result(const std::string& name,
                                             const std::vector<CoreCounters>& cores,
                                             const energy::Counts& counts);

}  // namespace flexv::platform
