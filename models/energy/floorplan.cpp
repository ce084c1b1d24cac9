// SPDX-License-Identifier: Apache-2.0
#include "energy/floorplan.hpp"

#include "base/error.hpp"
#include "energy/cluster_path.hpp"

#include <algorithm>
#include <cmath>

namespace flexv::energy {

namespace {

constexpr double kUm2PerMm2 = 1e6;
constexpr double kGatesPerKge = 1000;
constexpr double kMaxUm2 = 1e15;  // a square of 30 m: whole numbers are exact below, sums too

/// All sizes that the area of an item depends on.
std::vector<std::string> sizes_of(const AreaItem& item, const Profile& profile) {
    std::vector<std::string> names = item.per.names();
    for (const std::string& law : item.scales) {
        const auto more = std::ranges::find(profile.size_laws, law, &SizeLaw::name)->names();
        names.insert(names.end(), more.begin(), more.end());
    }
    return names;
}

bool is_absent(const AreaItem& item, const Profile& profile, const Architecture& now) {
    const auto names = sizes_of(item, profile);
    return item.optional && std::ranges::any_of(names, [&now](const std::string& name) {
               return find_size(now, name) == nullptr;
           });
}

AreaLine line_of(const AreaItem& item, const Profile& profile, const Architecture& now) {
    if (is_absent(item, profile, now))
        return {};
    const double count = item.per.of(now);
    const double scale = profile.scale_of(item.scales, now);
    const double um2_of_unit = item.is_gates ? kGatesPerKge * profile.area.gate_um2 : kUm2PerMm2;
    const double um2 = std::round(item.value * um2_of_unit * count * scale);
    if (!(um2 < kMaxUm2))
        throw UserError("energy profile {}: area.items.{} takes {:g} mm2; expected less than {:g}",
                        profile.name, item.symbol, um2 / kUm2PerMm2, kMaxUm2 / kUm2PerMm2);
    return {.count = count, .scale = scale, .um2 = u64(um2)};
}

void charge(std::vector<ComponentArea>& components, const std::string& path, u64 um2) {
    const auto found = std::ranges::find(components, path, &ComponentArea::path);
    if (found == components.end())
        components.push_back({path, um2});
    else
        found->um2 += um2;
}

Uncertainty uncertainty_of(const Profile& profile, const Architecture& now) {
    Uncertainty sum = profile.area.uncertainty;
    const UncertaintyGrowth& growth = profile.area.uncertainty_growth;
    for (const Extrapolation& size : profile.extrapolations(now)) {
        const bool is_followed = std::ranges::any_of(profile.area.items, [&](const AreaItem& item) {
            const auto names = sizes_of(item, profile);
            return !item.outside && std::ranges::find(names, size.name) != names.end();
        });
        if (!is_followed)
            continue;
        const double doublings = size.doublings();
        sum.total_percent = std::hypot(sum.total_percent, growth.total_percent * doublings);
        sum.component_percent =
            std::hypot(sum.component_percent, growth.component_percent * doublings);
    }
    return sum;
}

/// A platform that does not say how many has one.
u64 clusters_of(const Architecture& now) {
    const Size* const size = find_size(now, "clusters");
    const u64* const count = size == nullptr ? nullptr : std::get_if<u64>(size);
    return count == nullptr ? 1 : *count;
}

}  // namespace

Floorplan floorplan(const Profile& profile, const Architecture& now) {
    Floorplan plan;
    if (profile.area.items.empty())
        return plan;
    const u64 clusters = clusters_of(now);
    for (const AreaItem& item : profile.area.items) {
        AreaLine line = line_of(item, profile, now);
        const u64 times = item.outside ? 1 : clusters;
        for (unsigned number = 0; number < times && line.count != 0; ++number)
            charge(item.outside ? plan.outside : plan.components,
                   in_cluster(item.component, number), line.um2);
        line.count *= double(times);
        line.um2 *= times;
        plan.lines.push_back(line);
        if (item.outside)
            continue;
        plan.total += line.um2;
        plan.by_kind[std::size_t(item.kind)] += line.um2;
    }
    std::ranges::stable_sort(plan.components, {}, [](const ComponentArea& component) {
        return cluster_number(component.path);
    });
    plan.uncertainty = uncertainty_of(profile, now);
    return plan;
}

}  // namespace flexv::energy
