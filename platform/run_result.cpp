// SPDX-License-Identifier: Apache-2.0
#include "platform/run_result.hpp"

#include <array>

namespace flexv::platform {

namespace {

constexpr double kOperationsPerMac = 2;  // design: 1 MAC = 2 operations
constexpr std::string_view kStallSuffix = "_stalls";

double ratio(double numerator, double denominator) {
    return denominator == 0 ? 0 : numerator / denominator;
}

}  // namespace

std::string_view name_of(Outcome outcome) {
    static constexpr std::array<std::string_view, 4> kNames = {"exit", "fault", "limit",
                                                               "deadlock"};
    return kNames[std::size_t(outcome)];
}

double RegionResult::mac_per_cycle() const { return ratio(double(macs), double(region.cycles)); }

double RunResult::host_mips() const { return ratio(double(instructions), host_seconds) / 1e6; }

double mean_mw(u64 attojoules, Cycles cycles, double mhz) {
    return ratio(double(attojoules), double(cycles)) * mhz * 1e-9;  // aJ x MHz = 1e-12 W
}

double tops_per_watt(u64 macs, u64 attojoules) {
    return ratio(kOperationsPerMac * double(macs), double(attojoules)) * 1e6;  // 1/aJ = 1e6 T/J
}

double giga_operations(u64 macs, Cycles cycles, double mhz) {
    return kOperationsPerMac * ratio(double(macs), double(cycles)) * mhz * 1e-3;
}

HartResult hart_result(const std::string& component, u32 hartid,
                       const std::vector<std::string>& paths, const energy::Counts& counts) {
    HartResult hart{.name = component, .hartid = hartid, .stalls = {}};
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (energy::component_of(paths[i]) != component)
            continue;
        const std::string_view event = energy::event_of(paths[i]);
        if (event == "instructions")
            hart.instructions = counts.at(i);
        else if (event == "active_cycles")
            hart.active_cycles = counts.at(i);
        else if (event == "sleep_cycles")
            hart.sleep_cycles = counts.at(i);
        else if (event.ends_with(kStallSuffix))
            hart.stalls.emplace_back(event.substr(0, event.size() - kStallSuffix.size()),
                                     counts.at(i));
    }
    return hart;
}

void add_regions(RunResult& result, const RegionTracker& tracker) {
    for (Region& region : tracker.regions()) {
        RegionResult entry;
        entry.instructions = energy::total_of("instructions", result.counter_paths, region.counts);
        entry.macs = energy::total_of("macs", result.counter_paths, region.counts);
        entry.region = std::move(region);
        result.regions.push_back(std::move(entry));
    }
}

void price_run(RunResult& result, const energy::Profile& profile,
               const energy::OperatingPoint& point) {
    const energy::PriceList prices(profile, point, result.counter_paths);
    result.energy = {.profile = profile.name,
                     .point = point,
                     .bill = prices.price(result.counts, result.cycles),
                     .unpriced = prices.unpriced(),
                     .doubts = profile.doubts(point)};
    for (RegionResult& entry : result.regions)
        entry.attojoules = prices.price(entry.region.counts, entry.region.cycles).total;
}

}  // namespace flexv::platform
