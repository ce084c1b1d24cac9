// SPDX-License-Identifier: Apache-2.0
// The two clocks of the chip by name. Where both are in sight their cycles have types of their own:
// neither can be handed to the other, whatever the ratio of their frequencies.
#pragma once

#include "base/clock_domain.hpp"

#include <type_traits>

namespace flexv::platform {

/// A clock of the chip: that of the clusters, or that of everything around them.
enum class Clock { cluster, soc };

using ClusterClock = std::integral_constant<Clock, Clock::cluster>;
using SocClock = std::integral_constant<Clock, Clock::soc>;

using ClusterDomain = NamedDomain<ClusterClock>;
using SocDomain = NamedDomain<SocClock>;

using ClusterCycles = CyclesOf<ClusterClock>;
using SocCycles = CyclesOf<SocClock>;

inline constexpr ClusterCycles kNeverInCluster{kNever};  ///< later than every cycle

}  // namespace flexv::platform
