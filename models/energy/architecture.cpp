// SPDX-License-Identifier: Apache-2.0
#include "energy/architecture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace flexv::energy {

namespace {

std::string bytes_text(u64 bytes) {
    if (bytes >= 1_MiB && bytes % 1_MiB == 0)
        return fmt::format("{} MiB", bytes / 1_MiB);
    if (bytes >= 1_KiB && bytes % 1_KiB == 0)
        return fmt::format("{} KiB", bytes / 1_KiB);
    return fmt::format("{} B", bytes);
}

}  // namespace

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
