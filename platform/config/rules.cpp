// SPDX-License-Identifier: Apache-2.0
// What must hold between several parameters, one row for each rule.
#include "platform/config/configuration.hpp"

namespace flexv::platform {

const std::vector<Rule>& rules() {
    static const std::vector<Rule> table = {
        {.keys = {"simulation.translate"},
         .what = "this build has no translation, only off (CMake: FLEXV_TRANSLATION, on x86-64)",
         .holds =
             [](const Configuration& configuration) {
                 return can_translate() || configuration.simulation.translate == Translate::off;
             }},
        {.keys = {"soc.cluster.icache.l1_bytes", "soc.cluster.icache.l1_ways"},
         .what = "each way of a private cache holds at least one line of 16 B",
         .holds =
             [](const Configuration& configuration) {
                 const auto& icache = configuration.soc.cluster.icache;
                 return icache.l1_bytes >= icache.l1_ways * icache.line_bytes;
             }},
        {.keys = {"soc.cluster.icache.l15_bytes", "soc.cluster.icache.l15_banks",
                  "soc.cluster.icache.l15_ways"},
         .what = "each way of a bank of the shared cache holds at least one line of 16 B",
         .holds =
             [](const Configuration& configuration) {
                 const auto& icache = configuration.soc.cluster.icache;
                 return icache.l15_bytes >= icache.l15_banks * icache.l15_ways * icache.line_bytes;
             }},
        {.keys = {"soc.clusters", "soc.cluster.marker.enabled"},
         .what = "the timing bench has one cluster: its marker device is wired to that one's cores",
         .holds =
             [](const Configuration& configuration) {
                 return configuration.soc.clusters == 1 ||
                        !configuration.soc.cluster.marker.enabled;
             }},
        {.keys = {"soc.external_memory.base", "soc.external_memory.size_bytes"},
         .what = "external memory ends within the 32-bit address space",
         .holds =
             [](const Configuration& configuration) {
                 const auto& memory = configuration.soc.external_memory;
                 return memory.base + memory.size_bytes <= u64{1} << 32;
             }},
    };
    return table;
}

}  // namespace flexv::platform
