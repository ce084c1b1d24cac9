// SPDX-License-Identifier: Apache-2.0
// JSON files of a user, read so that no mistake passes in silence.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace flexv {

/// `text` as JSON. Throws UserError, which names the file `origin` and the place, for a mistake of
/// syntax, a number beyond all, a key that an object has twice, and nesting beyond 16 levels.
[[nodiscard]] nlohmann::ordered_json parse_strictly(const std::string& text,
                                                    const std::string& origin);

}  // namespace flexv
