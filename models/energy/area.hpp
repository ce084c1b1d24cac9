// SPDX-License-Identifier: Apache-2.0
// What silicon a cluster takes, as a profile annotates it: so much for each core, bank, crosspoint
// or byte of cache. Plain data; floorplan.hpp applies it to a platform.
#pragma once

#include "energy/provenance.hpp"
#include "energy/size_law.hpp"

#include <string>
#include <vector>

namespace flexv::energy {

/// The area of one of something.
struct AreaItem {
    std::string symbol;
    std::string component;            ///< who takes it
    double value = 0;                 ///< of one, at the reference architecture
    bool is_gates = false;            ///< `value` is in kGE (1000 gate equivalents), else in mm2
    SizeProduct per;                  ///< how many there are of it; empty: one
    std::vector<std::string> scales;  ///< names of the size laws that one of it follows
    Kind kind = Kind::assumed;
    std::string source;
    bool outside = false;   ///< not part of the cluster, nor of its total
    bool optional = false;  ///< the platform may be built without it
};

/// `area` of a profile.
struct Area {
    double gate_um2 = 0;      ///< um2 of silicon a gate equivalent, with what routing leaves empty
    Uncertainty uncertainty;  ///< for the reference architecture
    UncertaintyGrowth uncertainty_growth;
    std::vector<AreaItem> items;  ///< none: the profile does not say
};

}  // namespace flexv::energy
