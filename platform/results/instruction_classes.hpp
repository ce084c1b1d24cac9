// SPDX-License-Identifier: Apache-2.0
// What one instruction of each class costs, all blocks that take part together: the clock of the
// core, fetch, execution, and the access to memory.
#pragma once

#include "base/units.hpp"
#include "energy/counters.hpp"
#include "energy/pricing.hpp"

#include <string>
#include <vector>

namespace flexv::platform {

struct InstructionClass {
    std::string name;
    u64 instructions = 0;  ///< of all cores of the cluster
    /// aJ of one instruction that issues in one cycle, hits the private cache and finds its data in
    /// the TCDM; stalls, misses and leakage are not in it. A division: with its average cycles.
    u64 attojoules_each = 0;
};

/// All classes, also those without an instruction. Empty where no core counts instructions.
[[nodiscard]] std::vector<InstructionClass> instruction_classes(
    const std::vector<std::string>& paths, const energy::Counts& counts,
    const energy::PriceList& prices);

}  // namespace flexv::platform
