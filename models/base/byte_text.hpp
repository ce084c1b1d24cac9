// SPDX-License-Identifier: Apache-2.0
// Sizes in bytes as a person writes them.
#pragma once

#include "base/units.hpp"

#include <string>

namespace flexv {

/// "128 KiB", "1 MiB" or "100 B": the largest unit that leaves no rest.
[[nodiscard]] std::string bytes_text(u64 bytes);

}  // namespace flexv
