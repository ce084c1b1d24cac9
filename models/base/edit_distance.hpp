// SPDX-License-Identifier: Apache-2.0
// How far apart two names are, and the known name that a message about an unknown one suggests.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace flexv {

/// Letters to insert, delete or replace to make one text of the other (Levenshtein's distance).
[[nodiscard]] unsigned edit_distance(std::string_view from, std::string_view to);

/// The first of the names that need the fewest edits to become `wanted`; empty without names.
[[nodiscard]] std::string nearest_name(std::string_view wanted, std::span<const std::string> names);

}  // namespace flexv
