// SPDX-License-Identifier: Apache-2.0
// Levenshtein's distance over one row of the table, and the ranking of dotted keys by it.
#include "platform/config/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

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

unsigned edit_distance(std::string_view from, std::string_view to) {
    std::vector<unsigned> row(to.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (const char letter : from) {
        unsigned diagonal = row[0]++;
        for (std::size_t i = 1; i < row.size(); ++i) {
            const unsigned replaced = diagonal + (letter == to[i - 1] ? 0U : 1U);
            diagonal = row[i];
            row[i] = std::min({row[i] + 1, row[i - 1] + 1, replaced});
        }
    }
    return row.back();
}

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
    const auto nearest = std::ranges::min_element(
        known, {}, [typed](const std::string& word) { return edit_distance(typed, word); });
    if (nearest == known.end() ||
        edit_distance(typed, *nearest) > std::max(typed.size() / 3, std::size_t{1}))
        return {};
    return *nearest;
}

}  // namespace flexv::platform
