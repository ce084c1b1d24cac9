// SPDX-License-Identifier: Apache-2.0
#include "platform/config/windows.hpp"

#include <fmt/format.h>

namespace flexv::platform {

std::string text_of(const WindowConfiguration& window) {
    return fmt::format("window {} {:#010x}..{:#010x}", window.name, window.base,
                       window.base + window.size_bytes - 1);
}

std::string mistake_in(const std::vector<WindowConfiguration>& windows, u64 end) {
    for (std::size_t index = 0; index < windows.size(); ++index) {
        const WindowConfiguration& window = windows[index];
        if (window.base + window.size_bytes > end)
            return fmt::format("{} must end below {:#010x}", text_of(window), end);
        for (std::size_t before = 0; before < index; ++before) {
            const WindowConfiguration& other = windows[before];
            if (other.name == window.name)
                return fmt::format("{} and {} have one name; give each its own", text_of(other),
                                   text_of(window));
            if (window.base < other.base + other.size_bytes &&
                other.base < window.base + window.size_bytes)
                return fmt::format("{} overlaps {}; windows must be disjoint", text_of(window),
                                   text_of(other));
        }
    }
    return {};
}

}  // namespace flexv::platform
