// SPDX-License-Identifier: Apache-2.0
#include "base/json_mistake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flexv {

namespace {

/// The parser quotes what it has read; bytes that are no text are shown as numbers.
std::string printable(std::string_view text) {
    std::string result;
    for (const char letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        if (code >= 0x20 && code < 0x7f)
            result += letter;
        else
            fmt::format_to(std::back_inserter(result), "\\x{:02x}", code);
    }
    return result;
}

/// Without "[json.exception.parse_error.101] parse error at line 1, column 2: ".
std::string_view essence(std::string_view what) {
    for (const std::string_view start : {"syntax error", "number overflow"})
        if (const auto found = what.find(start); found != std::string_view::npos)
            return what.substr(found);
    const auto bracket = what.find("] ");
    return bracket == std::string_view::npos ? what : what.substr(bracket + 2);
}

}  // namespace

std::string json_mistake(std::string_view file, std::string_view text, std::size_t bytes_read,
                         std::string_view what) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return fmt::format("{}:1: is empty; expected a JSON object: {{ ... }}", file);
    const std::string_view read = text.substr(0, bytes_read == 0 ? 0 : bytes_read - 1);
    return fmt::format("{}:{}: not valid JSON: {}", file, 1 + std::ranges::count(read, '\n'),
                       printable(essence(what)));
}

}  // namespace flexv
