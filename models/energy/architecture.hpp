// SPDX-License-Identifier: Apache-2.0
// How large a platform is: its cores, banks, bytes and units under names that power annotation
// files use. Prices follow these counts (size_law.hpp); whatever else grows with the size of the
// cluster can use the same list.
#pragma once

#include "base/units.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace flexv::energy {

/// A count, or the name of a choice such as the instruction set.
using Size = std::variant<u64, std::string>;

/// Names and sizes in a fixed order, for example {"tcdm.banks", 16}.
using Architecture = std::vector<std::pair<std::string, Size>>;

/// The size called `name`; null when there is none.
[[nodiscard]] const Size* find_size(const Architecture& architecture, std::string_view name);

/// "16" or "flexv"; a size whose name ends in "bytes" as "128 KiB".
[[nodiscard]] std::string size_text(std::string_view name, const Size& size);

/// A size of a platform that differs from the one which prices were made for.
struct Extrapolation {
    std::string name;
    Size size;
    Size reference;
    bool outside = false;  ///< no price of the cluster follows it

    /// Doublings between the two; 1 for another choice.
    [[nodiscard]] double doublings() const;
};

}  // namespace flexv::energy
