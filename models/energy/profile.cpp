// SPDX-License-Identifier: Apache-2.0
#include "energy/profile.hpp"

#include "base/enum_names.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <cmath>

namespace flexv::energy {

namespace {

constexpr double kAttojoulesPerPicojoule = 1e6;
constexpr double kFrequencySlack = 1.01;  // published points are rounded to whole MHz

u64 rounded_attojoules(double picojoules) {
    return u64(std::llround(picojoules * kAttojoulesPerPicojoule));
}

}  // namespace

std::string_view name_of(Kind kind) {
    static constexpr auto kNames = enum_names<Kind>("published", "derived", "assumed");
    return kNames[kind];
}

double Profile::max_mhz(double vdd) const {
    return laws.max_mhz_per_volt == 0 ? 0 : laws.max_mhz_per_volt * vdd + laws.max_mhz_offset;
}

void Profile::require_meaning(const OperatingPoint& point) const {
    if (!limits.contains(point.vdd))
        throw UserError(
            "supply voltage {} V: energy profile {} means nothing beyond {}..{} V\n"
            "  hint: choose a voltage in this range, or a profile whose `limits` are wider",
            point.vdd, name, limits.min, limits.max);
    if (!(point.mhz > 0) || !std::isfinite(point.mhz))
        throw UserError("clock {} MHz: must be above 0", point.mhz);
    const double highest = max_mhz(limits.max);
    if (highest != 0 && point.mhz > highest * kFrequencySlack)
        throw UserError(
            "clock {} MHz: energy profile {} knows no voltage for it; {:.0f} MHz is what its law "
            "gives at {} V, the highest that it allows",
            point.mhz, name, highest, limits.max);
}

std::vector<std::string> Profile::doubts(const OperatingPoint& point) const {
    require_meaning(point);
    std::vector<std::string> found;
    if (!valid.contains(point.vdd))
        found.push_back(
            fmt::format("{} V is outside of {}..{} V, the range of profile {}: "
                        "extrapolated",
                        point.vdd, valid.min, valid.max, name));
    if (std::string doubt = clock_doubt(point); !doubt.empty())
        found.push_back(std::move(doubt));
    return found;
}

std::string Profile::clock_doubt(const OperatingPoint& point) const {
    const double limit = max_mhz(point.vdd);
    if (limit == 0 || point.mhz <= limit * kFrequencySlack)
        return {};
    return fmt::format("{} MHz is above what profile {} reaches at {} V: {:.0f} MHz", point.mhz,
                       name, point.vdd, std::max(limit, 0.0));
}

double Profile::scale_of(const std::vector<std::string>& names, const Architecture& now) const {
    double factor = 1;
    for (const std::string& law : names)
        factor *= std::ranges::find(size_laws, law, &SizeLaw::name)->factor(now, architecture);
    return factor;
}

bool Profile::follows(const std::vector<std::string>& laws_of_price,
                      const std::string& size) const {
    return std::ranges::any_of(laws_of_price, [&](const std::string& law) {
        const auto sizes = std::ranges::find(size_laws, law, &SizeLaw::name)->names();
        return std::ranges::find(sizes, size) != sizes.end();
    });
}

bool Profile::is_followed_inside(const std::string& size) const {
    const auto follows_size = [&](const auto& price) { return follows(price.scales, size); };
    return std::ranges::any_of(standing, follows_size) ||
           std::ranges::any_of(coefficients, [&](const Coefficient& coefficient) {
               return !coefficient.outside && follows_size(coefficient);
           });
}

std::vector<Extrapolation> Profile::extrapolations(const Architecture& now) const {
    std::vector<Extrapolation> found;
    for (const auto& [size_name, reference_size] : architecture) {
        const Size* size = find_size(now, size_name);
        if (size != nullptr && *size != reference_size)
            found.push_back({.name = size_name,
                             .size = *size,
                             .reference = reference_size,
                             .outside = !is_followed_inside(size_name)});
    }
    return found;
}

Uncertainty Profile::uncertainty_of(const std::vector<Extrapolation>& sizes) const {
    Uncertainty sum = uncertainty;
    for (const Extrapolation& size : sizes) {
        if (size.outside)
            continue;
        const double doublings = size.doublings();
        sum.total_percent =
            std::hypot(sum.total_percent, uncertainty_growth.total_percent * doublings);
        sum.component_percent =
            std::hypot(sum.component_percent, uncertainty_growth.component_percent * doublings);
    }
    return sum;
}

u64 Profile::attojoules(const Coefficient& coefficient, const OperatingPoint& point,
                        double scale) const {
    if (coefficient.has_own_supply)
        return rounded_attojoules(coefficient.pj);
    const double factor =
        laws.dynamic_scale * std::pow(point.vdd / reference.vdd, laws.dynamic_exponent);
    return rounded_attojoules(coefficient.pj * factor * scale);
}

u64 Profile::attojoules(const Standing& source, const OperatingPoint& point, double scale) const {
    const double factor =
        source.leaks ? std::exp(laws.leakage_per_volt * (point.vdd - reference.vdd)) : 1.0;
    return rounded_attojoules(source.mw * factor * 1000.0 / point.mhz * scale);  // mW / MHz = nJ
}

}  // namespace flexv::energy
