// SPDX-License-Identifier: Apache-2.0
#include "platform/results/run_result.hpp"

#include "base/enum_names.hpp"
#include "energy/figures.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flexv::platform {

namespace {

/// The clocks of a run, and how long each part of it had which.
class Clocks {
public:
    explicit Clocks(const RunResult& run)
        : mhz_(run.clocks.empty() ? std::vector{run.clock.mhz} : run.clocks) {}

    [[nodiscard]] const std::vector<double>& mhz() const { return mhz_; }
    [[nodiscard]] energy::Elapsed of(Cycles cycles, const energy::Elapsed& by_clock) const {
        return mhz_.size() > 1 ? by_clock : energy::Elapsed{cycles};
    }
    [[nodiscard]] energy::PriceList prices(const RunResult& run,
                                           const energy::Profile& profile) const {
        energy::PriceList list(profile, {.vdd = run.clock.vdd, .mhz = mhz_[0]}, run.architecture,
                               run.counter_paths);
        for (std::size_t i = 1; i < mhz_.size(); ++i)
            list.add_clock(profile, mhz_[i]);
        return list;
    }

private:
    const std::vector<double> mhz_;
};

/// What is doubtful about the profile itself, and about the first of `clocks`, which a user has
/// chosen, and the highest one.
std::vector<std::string> doubts_about(const energy::Profile& profile, double vdd,
                                      const std::vector<double>& clocks) {
    std::vector<std::string> doubts = profile.doubts({.vdd = vdd, .mhz = clocks[0]});
    const double highest = *std::ranges::max_element(clocks);
    const std::string doubt = profile.clock_doubt({.vdd = vdd, .mhz = highest});
    if (highest != clocks[0] && !doubt.empty())
        doubts.push_back("set by firmware: " + doubt);
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
    static constexpr auto kNames =
        enum_names<Outcome>("exit", "fault", "limit", "deadlock", "interrupted");
    return kNames[outcome];
}

double RegionResult::mac_per_cycle() const { return ratio(double(macs), double(region.cycles)); }

double RunResult::host_mips() const {
    const u64 before = restored ? restored->instructions : 0;
    return ratio(double(instructions - before), host_seconds) / 1e6;
}

double RunResult::mean_mw(u64 attojoules) const {
    const double mhz = clocks.empty() ? energy.point.mhz : energy::mean_mhz(elapsed, clocks);
    return energy::mean_mw(attojoules, cycles, mhz);
}

HartResult hart_result(const CoreCounters& core, u32 hartid, const energy::Counts& counts) {
    using enum CoreCounter;
    HartResult hart{.name = core.core(),
                    .hartid = hartid,
                    .instructions = core.count(instructions, counts),
                    .active_cycles = Cycles{core.count(active_cycles, counts)},
                    .sleep_cycles = Cycles{core.count(sleep_cycles, counts)},
                    .stalls = {}};
    for (const auto& [cause, place] : core.stalls())
        hart.stalls.emplace_back(cause, Cycles{counts.at(place)});
    return hart;
}

void add_regions(RunResult& result, const RegionTracker& tracker) {
    const std::vector<CoreCounters> cores = core_counters(result.counter_paths);
    for (Region& region : tracker.regions()) {
        if (region.counts.empty())
            continue;  // in the course of a run: no visit has ended yet
        RegionResult entry;
        entry.instructions = total_of(CoreCounter::instructions, cores, region.counts);
        entry.macs = total_of(CoreCounter::macs, cores, region.counts);
        entry.region = std::move(region);
        result.regions.push_back(std::move(entry));
    }
}

void set_clock(RunResult& result, const energy::OperatingPoint& point) {
    result.clock = point;
    result.clocks.clear();
    result.elapsed.clear();
    for (RegionResult& entry : result.regions) {
        entry.region.elapsed.clear();
        entry.region.own_elapsed.clear();
    }
    result.time_ns = double(result.cycles) * 1000 / point.mhz;
}

void price_run(RunResult& result, const energy::Profile& profile, const std::string& source) {
    const Clocks clocks(result);
    const energy::PriceList prices = clocks.prices(result, profile);
    const auto extrapolations = profile.extrapolations(result.architecture);
    result.energy = {.profile = profile,
                     .profile_source = source,
                     .point = result.clock,
                     .bill = prices.price(result.counts, clocks.of(result.cycles, result.elapsed)),
                     .rest_attojoules = 0,
                     .classes = instruction_classes(result.counter_paths, result.counts, prices),
                     .unpriced = prices.unpriced(),
                     .doubts = doubts_about(profile, result.clock.vdd, clocks.mhz()),
                     .extrapolations = extrapolations,
                     .uncertainty = profile.uncertainty_of(extrapolations),
                     .area = energy::floorplan(profile, result.architecture)};
    result.energy.rest_attojoules = result.energy.bill.total;
    for (RegionResult& entry : result.regions) {
        const Region& region = entry.region;
        const energy::Elapsed elapsed = clocks.of(region.cycles, region.elapsed);
        const energy::Bill bill = prices.price(region.counts, elapsed);
        entry.mhz = energy::mean_mhz(elapsed, clocks.mhz());
        entry.attojoules = bill.total;
        entry.components = bill.components;
        const energy::Elapsed own = clocks.of(region.own_cycles, region.own_elapsed);
        entry.own_attojoules = prices.price(region.own_counts, own).total;
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
