// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/function_result.hpp"

namespace flexv::platform {

FunctionResult function_result(const std::string& name, const std::vector<CoreCounters>& cores,
                               const energy::Counts& counts) {
    using enum CoreCounter;
    return {.name = name,
            .file = {},
            .counts = counts,
            .instructions = total_of(instructions, cores, counts),
            .active_cycles = Cycles{total_of(active_cycles, cores, counts)},
            .sleep_cycles = Cycles{total_of(sleep_cycles, cores, counts)},
            .macs = total_of(macs, cores, counts)};
}

}  // namespace flexv::platform
