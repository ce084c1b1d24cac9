// SPDX-License-Identifier: Apache-2.0
#include "platform/results/finding.hpp"

#include <fmt/format.h>

namespace flexv::platform {

std::string FindingSide::text() const {
    const std::string where = place ? fmt::format("pc {}, ", place->text()) : "";
    return fmt::format("{} {}: {}cycle {}", who, does, where, cycle);
}

std::string Finding::text() const {
    std::string text = fmt::format("{}: {}\n", check, what);
    for (const FindingSide& side : sides)
        text += fmt::format("  {}\n", side.text());
    if (!hint.empty())
        text += fmt::format("  hint: {}\n", hint);
    return text;
}

}  // namespace flexv::platform
