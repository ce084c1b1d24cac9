// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/thread_list.hpp"

#include <fmt/format.h>

#include <string_view>

namespace flexv::platform {

namespace {

/// With what XML reserves escaped.
std::string xml_text(std::string_view text) {
    std::string escaped;
    for (const char c : text)
        escaped += c == '<' ? "&lt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : std::string(1, c);
    return escaped;
}

}  // namespace

std::string thread_list(const DebugTarget& target) {
    std::string list = "<?xml version=\"1.0\"?>\n<threads>\n";
    for (unsigned thread = 1; thread <= target.thread_count(); ++thread)
        list += fmt::format("<thread id=\"{:x}\" core=\"{}\" name=\"{}\">{}</thread>\n", thread,
                            thread - 1, xml_text(target.thread_name(thread)),
                            xml_text(target.thread_state(thread)));
    return list + "</threads>\n";
}

}  // namespace flexv::platform
