// SPDX-License-Identifier: Apache-2.0
#include "energy/cluster_path.hpp"

#include <algorithm>
#include <charconv>

namespace flexv::energy {

namespace {

constexpr std::string_view kCluster = "cluster";

/// The digits behind the word in the first name of the path; empty for none.
std::string_view digits_of(std::string_view path) {
    const std::string_view name = path.substr(0, path.find('.'));
    if (!name.starts_with(kCluster))
        return {};
    const std::string_view digits = name.substr(kCluster.size());
    const bool are_digits = digits.size() <= 3 && std::ranges::all_of(digits, [](char letter) {
                                return letter >= '0' && letter <= '9';
                            });
    return are_digits ? digits : std::string_view{};
}

}  // namespace

unsigned cluster_number(std::string_view path) {
    const std::string_view digits = digits_of(path);
    unsigned number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

std::string in_first_cluster(std::string_view path) {
    const std::string_view digits = digits_of(path);
    if (digits.empty())
        return std::string(path);
    return std::string(kCluster).append(path.substr(kCluster.size() + digits.size()));
}

std::string in_cluster(std::string_view path, unsigned number) {
    if (number == 0 || !is_in_first_cluster(path))
        return std::string(path);
    return std::string(kCluster)
        .append(std::to_string(number))
        .append(path.substr(kCluster.size()));
}

bool is_in_first_cluster(std::string_view path) {
    return path.substr(0, path.find('.')) == kCluster;
}

}  // namespace flexv::energy
