// SPDX-License-Identifier: Apache-2.0
#include "energy/architecture.hpp"

#include "base/byte_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace flexv::energy {

const Size* find_size(const Architecture& architecture, std::string_view name) {
    const auto found = std::ranges::find(architecture, name, &Architecture::value_type::first);
    return found == architecture.end() ? nullptr : &found->second;
}

std::string size_text(std::string_view name, const Size& size) {
    if (const auto* choice = std::get_if<std::string>(&size))
        return *choice;
    const u64 count = std::get<u64>(size);
    return name.ends_with("bytes") ? bytes_text(count) : fmt::format("{}", count);
}

double Extrapolation::doublings() const {
    const auto* now = std::get_if<u64>(&size);
    const auto* then = std::get_if<u64>(&reference);
    if (now == nullptr || then == nullptr)
        return 1;
    return std::abs(std::log2(double(*now) / double(*then)));
}

}  // namespace flexv::energy
