// SPDX-License-Identifier: Apache-2.0
// Ranking of dotted keys and words by edit distance.
#include "platform/config/nearest.hpp"

#include "base/edit_distance.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace flexv::platform {

namespace {

constexpr unsigned kMaxGroupDistance = 3;  // a wrong group counts as much as three wrong letters

/// {group, last name} of a dotted key.
std::pair<std::string_view, std::string_view> split(std::string_view key) {
    const auto dot = key.rfind('.');
    if (dot == std::string_view::npos)
        return {"", key};
    return {key.substr(0, dot), key.substr(dot + 1)};
}

/// Smaller is nearer.
std::tuple<unsigned, unsigned> rank(std::string_view wanted, std::string_view known) {
    const auto [wanted_group, wanted_name] = split(wanted);
    const auto [known_group, known_name] = split(known);
    const unsigned groups = std::min(edit_distance(wanted_group, known_group), kMaxGroupDistance);
    return {edit_distance(wanted_name, known_name) + groups, edit_distance(wanted, known)};
}

}  // namespace

std::string nearest_key(std::string_view wanted, std::span<const std::string> known) {
    const auto nearest = std::ranges::min_element(
        known, {}, [wanted](const std::string& key) { return rank(wanted, key); });
    return nearest == known.end() ? std::string{} : *nearest;
}

std::string meant_word(std::string_view typed, std::span<const std::string> known) {
    constexpr std::size_t kShortest = 3;  // letters from which a beginning says something
    const auto longer = std::ranges::find_if(known, [typed](const std::string& word) {
        return typed.size() >= kShortest && word.starts_with(typed);
    });
    if (longer != known.end())
        return *longer;
    std::string nearest = nearest_name(typed, known);
    const std::size_t tolerated = std::max(typed.size() / 3, std::size_t{1});
    return edit_distance(typed, nearest) > tolerated ? std::string{} : nearest;
}

}  // namespace flexv::platform
