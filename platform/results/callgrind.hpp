// SPDX-License-Identifier: Apache-2.0
// A profile in the format of Callgrind, for KCachegrind and callgrind_annotate: lines, functions
// and calls of all cores together.
#pragma once

#include "platform/probes/profile_result.hpp"

#include <string>

namespace flexv::platform {

/// \param description what the energies are priced with
[[nodiscard]] std::string callgrind_text(const Profile& profile, const std::string& description);

}  // namespace flexv::platform
