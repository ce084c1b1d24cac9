// SPDX-License-Identifier: Apache-2.0
// `area` of a power annotation file, from JSON. models/energy/README.md describes the format.
#pragma once

#include "energy/architecture.hpp"
#include "energy/area.hpp"
#include "energy/json_view.hpp"

#include <vector>

namespace flexv::energy {

/// Throws UserError with file and key; sizes must be counts of `reference`, laws among `laws`.
[[nodiscard]] Area read_area(JsonView view, const std::vector<SizeLaw>& laws,
                             const Architecture& reference);

}  // namespace flexv::energy
