// SPDX-License-Identifier: Apache-2.0
// Names of counters with wild cards.
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

}  // namespace flexv::energy
