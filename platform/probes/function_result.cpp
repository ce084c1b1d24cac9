// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/function_result.hpp"

namespace flexv::platform {

FunctionResult function_result(const std::string& name, const std::vector<std::string>& paths,
                               const energy::Counts& counts) {
    return {.name = name,
            .file = {},
            .counts = counts,
            .instructions = energy::total_of("instructions", paths, counts),
            .active_cycles = Cycles{energy::total_of("active_cycles", paths, counts)},
            .sleep_cycles = Cycles{energy::total_of("sleep_cycles", paths, counts)},
            .macs = energy::total_of("macs", paths, counts)};
}

}  // namespace flexv::platform
