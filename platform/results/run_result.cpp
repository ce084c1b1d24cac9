// SPDX-License-Identifier: Apache-2.0
#include "platform/results/run_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace flexv::platform {

namespace {

constexpr std::string_view kStallSuffix = "_stalls";

/// What is doubtful about the profile itself.
std::vector<std::string> doubts_about(const energy::Profile& profile,
                                      const energy::OperatingPoint& point) {
    std::vector<std::string> doubts = profile.doubts(point);
    if (profile.architecture.empty())
        doubts.push_back(fmt::format(
            "profile {} has no reference.architecture: its prices are used for any size",
            profile.name));
    return doubts;
}

double ratio(double numerator, double denominator) {
    return denominator == 0 ? 0 : numerator / denominator;
}

}  // namespace

std::string_view name_of(Outcome outcome) {
    static constexpr std::array<std::string_view, 5> kNames = {"exit", "fault", "limit", "deadlock",
                                                               "interrupted"};
    return kNames[std::size_t(outcome)];
}

double RegionResult::mac_per_cycle() const { return ratio(double(macs), double(region.cycles)); }

double RunResult::host_mips() const { return ratio(double(instructions), host_seconds) / 1e6; }

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

void set_clock(RunResult& result, const energy::OperatingPoint& point) {
    result.clock = point;
    result.time_ns = double(result.cycles) * 1000 / point.mhz;
}

void price_run(RunResult& result, const energy::Profile& profile, const std::string& source) {
    const energy::PriceList prices(profile, result.clock, result.architecture,
                                   result.counter_paths);
    const auto extrapolations = profile.extrapolations(result.architecture);
    result.energy = {.profile = profile,
                     .profile_source = source,
                     .point = result.clock,
                     .bill = prices.price(result.counts, result.cycles),
                     .rest_attojoules = 0,
                     .classes = instruction_classes(result.counter_paths, result.counts, prices),
                     .unpriced = prices.unpriced(),
                     .doubts = doubts_about(profile, result.clock),
                     .extrapolations = extrapolations,
                     .uncertainty = profile.uncertainty_of(extrapolations)};
    result.energy.rest_attojoules = result.energy.bill.total;
    for (RegionResult& entry : result.regions) {
        const Region& region = entry.region;
        const energy::Bill bill = prices.price(region.counts, region.cycles);
        entry.attojoules = bill.total;
        entry.components = bill.components;
        entry.own_attojoules = prices.price(region.own_counts, region.own_cycles).total;
        result.energy.rest_attojoules -= entry.own_attojoules;
    }
    result.energy.shared_attojoules = result.energy.bill.total;
    for (FunctionResult& function : result.functions) {
        function.attojoules = prices.price(function.counts, 0).total;
        result.energy.shared_attojoules -= function.attojoules;
    }
}

u64 attojoules_of(const energy::Bill& bill, const std::string& path) {
    u64 sum = 0;
    for (const auto* list : {&bill.by_origin, &bill.outside}) {
        const auto found = std::ranges::find(*list, path, &energy::ComponentEnergy::path);
        sum += found == list->end() ? 0 : found->attojoules;
    }
    return sum;
}

}  // namespace flexv::platform
