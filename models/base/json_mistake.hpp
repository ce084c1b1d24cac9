// SPDX-License-Identifier: Apache-2.0
// A mistake of the JSON parser in the words and with the place that a user needs; for all readers
// of JSON files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace flexv {

/// "cluster.json:3: not valid JSON: ..." for what the parser says (`what()` of its exception) after
/// `bytes_read` bytes of `text`; an empty file is called so.
[[nodiscard]] std::string json_mistake(std::string_view file, std::string_view text,
                                       std::size_t bytes_read, std::string_view what);

}  // namespace flexv
