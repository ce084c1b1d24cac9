// SPDX-License-Identifier: Apache-2.0
#include "energy/pattern.hpp"

#include <algorithm>
#include <utility>

namespace flexv::energy {

namespace {

using Parts = std::vector<std::string>;

bool match_from(std::string_view pattern, std::string_view name, Parts& parts) {
    if (pattern.empty() || name.empty() || pattern.front() != '*') {
        if (pattern.empty())
            return name.empty();
        return !name.empty() && pattern.front() == name.front() &&
               match_from(pattern.substr(1), name.substr(1), parts);
    }
    const bool crosses_dots = pattern.starts_with("**");
    const std::string_view rest = pattern.substr(crosses_dots ? 2 : 1);
    const std::size_t end = crosses_dots ? name.size() : std::min(name.find('.'), name.size());
    for (std::size_t length = 1; length <= end; ++length) {
        parts.emplace_back(name.substr(0, length));
        if (match_from(rest, name.substr(length), parts))
            return true;
        parts.pop_back();
    }
    return false;
}

}  // namespace

Pattern::Pattern(std::string text)
    : text_(std::move(text)), head_(std::min(text_.find('*'), text_.size())) {
    if (head_ < text_.size())
        tail_ = text_.size() - text_.rfind('*') - 1;
}

std::optional<Parts> Pattern::match_all(std::string_view name) const {
    Parts parts;
    const std::string_view text = text_;
    if (!match_from(text.substr(head_), name.substr(head_), parts))
        return std::nullopt;
    return parts;
}

std::string substitute(std::string_view pattern, const Parts& parts) {
    std::string result;
    std::size_t used = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '*') {
            result += pattern[i];
            continue;
        }
        if (i + 1 < pattern.size() && pattern[i + 1] == '*')
            ++i;
        if (used < parts.size())
            result += parts[used++];
    }
    return result;
}

}  // namespace flexv::energy
