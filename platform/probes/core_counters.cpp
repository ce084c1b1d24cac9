// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/core_counters.hpp"

#include <algorithm>

namespace flexv::platform {

namespace {

constexpr auto kCounterNames = enum_names<CoreCounter>(
    "active_cycles", "sleep_cycles", "instructions", "fetched_words", "alu", "multiply",
    "dot_products", "mac_load_refills", "loads_stores", "loads", "stores", "divisions",
    "divide_cycles", "macs", "mixed_dot_products", "branches_taken");

constexpr std::string_view kStallSuffix = "_stalls";

}  // namespace

std::string_view name_of(CoreCounter counter) { return kCounterNames[counter]; }

CoreCounters::CoreCounters(std::string core, const std::vector<std::string>& paths)
    : core_(std::move(core)) {
    places_.fill(kNowhere);
    for (std::size_t place = 0; place < paths.size(); ++place) {
        if (energy::component_of(paths[place]) != core_)
            continue;
        const std::string_view event = energy::event_of(paths[place]);
        const auto name = std::ranges::find(kCounterNames.names, event);
        if (name != kCounterNames.names.end())
            places_[std::size_t(name - kCounterNames.names.begin())] = place;
        else if (event.ends_with(kStallSuffix))
            stalls_.emplace_back(event.substr(0, event.size() - kStallSuffix.size()), place);
    }
}

std::vector<CoreCounters> core_counters(const std::vector<std::string>& paths) {
    std::vector<CoreCounters> cores;
    for (const std::string& path : paths)
        if (energy::event_of(path) == name_of(CoreCounter::instructions))
            cores.emplace_back(std::string(energy::component_of(path)), paths);
    return cores;
}

u64 total_of(CoreCounter counter, const std::vector<CoreCounters>& cores,
             const energy::Counts& counts) {
    u64 total = 0;
    for (const CoreCounters& core : cores)
        total += core.count(counter, counts);
    return total;
}

}  // namespace flexv::platform
