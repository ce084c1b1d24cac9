// SPDX-License-Identifier: Apache-2.0
// Names that come from a foreign file (symbols, regions, source files) may hold anything. What
// prints them, lists them line by line or writes them into a file wants one line of text.
#pragma once

#include <string>
#include <string_view>

namespace flexv::platform {

/// `name` with control characters and bytes that are no UTF-8 replaced by "\x0a" and the like; all
/// other text, blanks included, stays. Source of the encoding: RFC 3629.
[[nodiscard]] std::string printable(std::string_view name);

}  // namespace flexv::platform
