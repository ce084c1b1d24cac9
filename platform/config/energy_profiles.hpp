// SPDX-License-Identifier: Apache-2.0
// The energy profiles that are part of the program, and those in files of the user.
#pragma once

#include "energy/profile.hpp"

#include <string>
#include <vector>

namespace flexv::platform {

inline constexpr const char* kDefaultEnergyProfile = "isvlsi23";

/// Names of the profiles that are compiled in.
[[nodiscard]] std::vector<std::string> energy_profile_names();

/// A profile by its name or from a file. Throws UserError.
[[nodiscard]] energy::Profile load_energy_profile(const std::string& name_or_file);

}  // namespace flexv::platform
