// SPDX-License-Identifier: Apache-2.0
// Names of counters with wild cards.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flexv::energy {

/// `*` stands for any characters but a dot, `**` for any characters; for one at least.
class Pattern {
public:
    explicit Pattern(std::string text);

    /// What the wild cards stand for in `name`, or nothing when the name does not match.
    [[nodiscard]] std::optional<std::vector<std::string>> match(std::string_view name) const {
        return may_match(name) ? match_all(name) : std::nullopt;
    }
    [[nodiscard]] bool matches(std::string_view name) const { return match(name).has_value(); }

private:
    /// A look at what stands around the wild cards, which sorts out nearly every other name.
    [[nodiscard]] bool may_match(std::string_view name) const {
        const std::string_view text = text_;
        return name.size() >= head_ + tail_ && name.ends_with(text.substr(text.size() - tail_)) &&
               name.starts_with(text.substr(0, head_));
    }
    [[nodiscard]] std::optional<std::vector<std::string>> match_all(std::string_view name) const;

    std::string text_;
    std::size_t head_;      // characters in front of the first wild card
    std::size_t tail_ = 0;  // behind the last one
};

/// Replaces the wild cards of `pattern` one after the other by `parts`; spare parts are not used.
[[nodiscard]] std::string substitute(std::string_view pattern,
                                     const std::vector<std::string>& parts);

}  // namespace flexv::energy
