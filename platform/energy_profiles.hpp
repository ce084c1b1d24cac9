// SPDX-License-Identifier: Apache-2.0
// The energy profiles that are part of the program, and those in files of the user.
#pragma once

#include "energy/profile.hpp"

#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

inline constexpr const char* kDefaultEnergyProfile = "isvlsi23";

/// Names of the profiles that are compiled in.
[[nodiscard]] std::vector<std::string> energy_profile_names();

/// A profile by its name or from a file. Throws UserError.
[[nodiscard]] energy::Profile load_energy_profile(const std::string& name_or_file);

/// The profile's reference point, but for what the user asks for.
[[nodiscard]] energy::OperatingPoint operating_point(const energy::Profile& profile,
                                                     std::optional<double> vdd,
                                                     std::optional<double> mhz);

}  // namespace flexv::platform
