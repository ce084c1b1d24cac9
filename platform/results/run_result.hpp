// SPDX-License-Identifier: Apache-2.0
// What one run has brought, as plain data: the report and the summary on the terminal are two views
// of it, and `price` changes its energy without another simulation.
#pragma once

#include "base/units.hpp"
#include "energy/architecture.hpp"
#include "energy/counters.hpp"
#include "energy/floorplan.hpp"
#include "energy/pricing.hpp"
#include "platform/probes/core_counters.hpp"
#include "platform/probes/function_result.hpp"
#include "platform/probes/regions.hpp"
#include "platform/results/diagnosis.hpp"
#include "platform/results/finding.hpp"
#include "platform/results/instruction_classes.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flexv::platform {

enum class Outcome : u8 { exit, fault, limit, deadlock, interrupted };
[[nodiscard]] std::string_view name_of(Outcome outcome);

struct HartResult {
    std::string name;  ///< path of the core, "cluster.core0"
    u32 hartid = 0;
    u64 instructions = 0;
    Cycles active_cycles = 0;
    Cycles sleep_cycles = 0;
    std::vector<std::pair<std::string, Cycles>> stalls;  ///< cause, cycles
};

struct RegionResult {
    Region region;
    u64 instructions = 0;  ///< of all harts
    u64 macs = 0;
    u64 attojoules = 0;                               ///< of the cluster, leakage included
    std::vector<energy::ComponentEnergy> components;  ///< the same by component
    u64 own_attojoules = 0;  ///< while no region that was begun later was open
    double mhz = 0;          ///< clock of the cluster in it, the mean where it changed

    [[nodiscard]] double mac_per_cycle() const;
};

struct EnergyResult {
    energy::Profile profile;
    std::string profile_source;  ///< shipped name or file, as the user gave it
    energy::OperatingPoint point;
    energy::Bill bill;
    u64 rest_attojoules = 0;  ///< outside of every region
    double peak_mw = 0;       ///< of windows of peak_cycles; 0: not measured
    Cycles peak_cycles = 0;
    u64 shared_attojoules = 0;  ///< in no function; needs functions
    std::vector<InstructionClass> classes;
    std::vector<std::string> unpriced;  ///< paths of counters without a price
    std::vector<std::string> doubts;    ///< about the operating point and the profile
    std::vector<energy::Extrapolation> extrapolations;  ///< sizes that the profile does not know
    energy::Uncertainty uncertainty;                    ///< with these extrapolations
    energy::Floorplan area;  ///< of the platform; empty when the profile says nothing of it
};

/// Where a run was taken up again.
struct Restored {
    Cycles cycle = 0;      ///< of the cluster
    u64 instructions = 0;  ///< before
};

struct RunResult {
    std::string platform;  ///< which of several in one simulation; empty where it is the only one
    Outcome outcome = Outcome::exit;
    u32 exit_code = 0;                  ///< all bits of what the firmware returned
    std::vector<std::string> warnings;  ///< one line for each, for a person
    Cycles cycles = 0;                  ///< cluster clock, from reset to the end
    double time_ns = 0;                 ///< simulated
    u64 instructions = 0;
    std::optional<Restored> restored;  ///< of a run that goes on from a checkpoint
    double host_seconds = 0;       ///< beside `restored` all that differs between two equal runs
    energy::OperatingPoint clock;  ///< the mean where firmware has changed it
    std::vector<double> clocks;    ///< MHz, all that there were; empty unless it has changed
    energy::Elapsed elapsed;       ///< `cycles` by clock; empty unless it has changed
    energy::Architecture architecture;
    std::vector<HartResult> harts;
    std::vector<RegionResult> regions;
    std::vector<FunctionResult> functions;  ///< empty unless they were profiled
    std::vector<std::string> counter_paths;
    energy::Counts counts;  ///< in the order of counter_paths
    EnergyResult energy;
    std::optional<Diagnosis> diagnosis;  ///< of a run that has not ended by an exit
    /// Of the checks; nullopt when none was asked for.
    std::optional<std::vector<Finding>> findings;

    /// Of what this process has simulated.
    [[nodiscard]] double host_mips() const;
    /// Mean power over the run, mW.
    [[nodiscard]] double mean_mw(u64 attojoules) const;
    /// What the program returns for an exit of the firmware: 0..99.
    [[nodiscard]] int exit_status() const { return int(std::min<u32>(exit_code, 99)); }
};

/// A hart as its counters tell it.
[[nodiscard]] HartResult hart_result(const CoreCounters& core, u32 hartid,
                                     const energy::Counts& counts);

/// Takes over what the marks of the firmware have delimited; needs counter_paths.
void add_regions(RunResult& result, const RegionTracker& tracker);

/// One operating point for the whole run, and with it the simulated time; needs cycles and regions.
void set_clock(RunResult& result, const energy::OperatingPoint& point);

/// Prices the run, its regions and its functions at the clocks that held in them. `source` is what
/// the profile was loaded from.
void price_run(RunResult& result, const energy::Profile& profile, const std::string& source);

/// Energy by the block that caused it, core by core: of path "cluster.core0" the core itself and
/// its fetches; of a core outside of the cluster what is charged to it. 0 for a block that counts
/// nothing with a price.
[[nodiscard]] u64 attojoules_of(const energy::Bill& bill, const std::string& path);

}  // namespace flexv::platform
