// SPDX-License-Identifier: Apache-2.0
// How well a number of a profile is founded, and how far off what follows from it may be.
#pragma once

#include "base/enum_names.hpp"
#include "base/units.hpp"

#include <string_view>

namespace flexv::energy {

enum class Kind : u8 { published, derived, assumed };
inline constexpr unsigned kKinds = unsigned(kEnumerators<Kind>);
[[nodiscard]] std::string_view name_of(Kind kind);

/// How far off a figure may be that is no anchor of the profile.
struct Uncertainty {
    double total_percent = 0;      ///< of a total, and of what is derived from it (mW, TOPS/W)
    double component_percent = 0;  ///< of one component: only the sum is anchored
};

/// What the laws of size add to the uncertainty of a figure: this much for each doubling of each
/// size, independent of the others, so that squares are added.
struct UncertaintyGrowth {
    double total_percent = 0;
    double component_percent = 0;
};

}  // namespace flexv::energy
