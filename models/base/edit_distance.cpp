// SPDX-License-Identifier: Apache-2.0
// Levenshtein's distance over one row of its table.
#include "base/edit_distance.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace flexv {

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

std::string nearest_name(std::string_view wanted, std::span<const std::string> names) {
    const auto nearest = std::ranges::min_element(
        names, {}, [wanted](const std::string& name) { return edit_distance(wanted, name); });
    return nearest == names.end() ? std::string{} : *nearest;
}

}  // namespace flexv
