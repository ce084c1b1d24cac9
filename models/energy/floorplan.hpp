// SPDX-License-Identifier: Apache-2.0
// The area annotations of a profile applied to the sizes of a platform. Areas are whole um2, so
// that a total is the sum of its components to the last digit.
#pragma once

#include "base/units.hpp"
#include "energy/architecture.hpp"
#include "energy/profile.hpp"

#include <array>
#include <string>
#include <vector>

namespace flexv::energy {

struct ComponentArea {
    std::string path;
    u64 um2 = 0;
};

/// What one item of the profile takes.
struct AreaLine {
    double count = 0;  ///< how many there are of it
    double scale = 1;  ///< what the laws of size make of each
    u64 um2 = 0;       ///< of all
};

struct Floorplan {
    u64 total = 0;                          ///< um2; the sum over `components`
    std::vector<ComponentArea> components;  ///< of the cluster
    std::vector<ComponentArea> outside;     ///< in nobody's total: L2 and beyond
    std::array<u64, kKinds> by_kind{};      ///< um2 of `total` by how well it is founded
    std::vector<AreaLine> lines;            ///< items of the profile; all 0 for one that is absent
    Uncertainty uncertainty;                ///< for these sizes

    [[nodiscard]] bool empty() const { return lines.empty(); }
    [[nodiscard]] double mm2() const { return double(total) * 1e-6; }
};

/// Empty for a profile without area. Throws UserError when `now` lacks a size that it needs.
[[nodiscard]] Floorplan floorplan(const Profile& profile, const Architecture& now);

}  // namespace flexv::energy
