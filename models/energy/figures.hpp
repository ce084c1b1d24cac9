// SPDX-License-Identifier: Apache-2.0
// What people compare designs by, from integer energy, cycles and MACs.
#pragma once

#include "base/units.hpp"

namespace flexv::energy {

/// Mean power in mW of `attojoules` over `cycles` at `mhz`; 0 for no time.
[[nodiscard]] double mean_mw(u64 attojoules, Cycles cycles, double mhz);
/// Two operations per MAC; 0 for no energy.
[[nodiscard]] double tops_per_watt(u64 macs, u64 attojoules);
/// 10^9 operations a second.
[[nodiscard]] double giga_operations(u64 macs, Cycles cycles, double mhz);

}  // namespace flexv::energy
