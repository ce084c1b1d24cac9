// SPDX-License-Identifier: Apache-2.0
// Names of counters with wild cards, and the nearest known name for a message about an unknown one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flexv::energy {

/// What the wild cards of `pattern` stand for in `name`, or nothing when the name does not match.
/// `*` stands for any characters but a dot, `**` for any characters.
[[nodiscard]] std::optional<std::vector<std::string>> match(std::string_view pattern,
                                                            std::string_view name);

/// Replaces the wild cards of `pattern` one after the other by `parts`; spare parts are not used.
[[nodiscard]] std::string substitute(std::string_view pattern,
                                     const std::vector<std::string>& parts);

/// The name that needs the fewest edits to become `wanted`; empty when there are no names.
[[nodiscard]] std::string nearest(std::string_view wanted, const std::vector<std::string>& names);

}  // namespace flexv::energy
