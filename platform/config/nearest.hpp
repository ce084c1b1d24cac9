// SPDX-License-Identifier: Apache-2.0
// The known name that a misspelt one probably meant; for configuration keys and command line
// options.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace flexv::platform {

/// The dotted key of `known` nearest to `wanted`; empty when nothing is known. The last name of a
/// key weighs most, so that a right name in the wrong group is found.
[[nodiscard]] std::string nearest_key(std::string_view wanted, std::span<const std::string> known);

/// The word of `known` that `typed` was probably meant to be: it begins so, or differs in a third
/// of its letters at most. Empty where nothing is that near.
[[nodiscard]] std::string meant_word(std::string_view typed, std::span<const std::string> known);

}  // namespace flexv::platform
