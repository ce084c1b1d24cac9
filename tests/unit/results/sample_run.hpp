// SPDX-License-Identifier: Apache-2.0
// One small finished run for the tests of its two views.
#pragma once

#include "platform/config/energy_profiles.hpp"
#include "platform/results/run_result.hpp"

#include <string>

namespace flexv::platform::test {

/// Prices for the counters of sample_run(), at 1 V and 100 MHz.
inline energy::Profile sample_profile() {
    return energy::parse_profile(R"({
        "name": "sample", "meaning": "for tests",
        "reference": {"vdd": 1.0, "mhz": 100, "corner": "none", "architecture": {"cores": 2}},
        "valid": {"vdd_min": 0.5, "vdd_max": 2.0, "kind": "assumed", "source": "test"},
        "limits": {"vdd_min": 0.1, "vdd_max": 3.0, "kind": "assumed", "source": "test"},
        "uncertainty": {"total_percent": 10, "component_percent": 30, "kind": "assumed",
                        "source": "test",
                        "per_doubling": {"total_percent": 5, "component_percent": 15,
                                         "kind": "assumed", "source": "test"}},
        "laws": {"size": {"cores": {"terms": [{"share": 1, "per": "cores", "curve": "linear"}],
                                    "kind": "assumed", "source": "test"}},
                 "dynamic": {"exponent": 2, "scale": 1, "kind": "assumed", "source": "test"},
                 "leakage": {"slope_per_volt": 2, "kind": "assumed", "source": "test"}},
        "leakage": {"mw": 0.1, "kind": "derived", "source": "test", "split": {"cluster.leakage": 1},
                    "scales": {"cluster.leakage": ["cores"]}},
        "coefficients": [
            {"symbol": "mac", "counter": "cluster.core*.macs", "component": "cluster.core*",
             "value": 0.5, "unit": "pJ", "kind": "assumed", "source": "test"},
            {"symbol": "l2", "counter": "l2.bytes_read", "component": "l2", "value": 1.4,
             "unit": "pJ", "kind": "assumed", "source": "test", "outside": true}]})",
                                 "sample.json", [](const std::string&) { return std::string(); });
}

/// Two harts, 1000 cycles, and two regions that together are less than the run.
inline RunResult sample_run() {
    RunResult run;
    run.cycles = 1000;
    run.time_ns = 10'000;
    run.instructions = 1500;
    run.host_seconds = 0.001;
    run.clock = {.vdd = 1.0, .mhz = 100};
    run.architecture = {{"cores", u64{2}}};
    run.counter_paths = {"cluster.core0.instructions",
                         "cluster.core0.active_cycles",
                         "cluster.core0.load_use_stalls",
                         "cluster.core0.macs",
                         "cluster.core1.instructions",
                         "cluster.core1.sleep_cycles",
                         "cluster.core1.macs",
                         "l2.bytes_read"};
    run.counts = {800, 1000, 200, 4000, 700, 300, 2000, 64};
    run.harts = {hart_result({"cluster.core0", run.counter_paths}, 0, run.counts),
                 hart_result({"cluster.core1", run.counter_paths}, 1, run.counts)};
    energy::Counts now(run.counts.size());
    RegionTracker tracker({{1, "conv"}, {2, "pool"}}, [&now] { return now; });
    tracker.begin(0, 1, 100);
    now = {100, 100, 0, 2000, 100, 0, 1000, 64};
    tracker.end(0, 1, 300);
    tracker.begin(1, 2, 400);
    now = {200, 200, 0, 2000, 200, 0, 1000, 64};
    tracker.end(1, 2, 500);
    add_regions(run, tracker);
    price_run(run, sample_profile(), "sample.json");
    return run;
}

}  // namespace flexv::platform::test
