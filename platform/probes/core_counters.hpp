// SPDX-License-Identifier: Apache-2.0
// Which counters of a core results are made of, and where they stand in the list of all counters.
// Names are looked at once, when a list is new; behind that a counter is a place in it.
#pragma once

#include "base/enum_names.hpp"
#include "base/units.hpp"
#include "energy/counters.hpp"

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flexv::platform {

/// Of those that every core registers (models/core/counters.cpp).
enum class CoreCounter : u8 {
    active_cycles,
    sleep_cycles,
    instructions,
    fetched_words,
    alu,
    multiply,
    dot_products,
    mac_load_refills,
    loads_stores,
    loads,
    stores,
    divisions,
    divide_cycles,
    macs,
    mixed_dot_products,
    branches_taken,
};
inline constexpr std::size_t kCoreCounters = kEnumerators<CoreCounter>;
[[nodiscard]] std::string_view name_of(CoreCounter counter);

class CoreCounters {
public:
    /// \param core its path, "cluster.core0"
    /// \param paths of all counters
    CoreCounters(std::string core, const std::vector<std::string>& paths);

    [[nodiscard]] const std::string& core() const { return core_; }
    /// What `counts` say of it; 0 where the core does not count it.
    [[nodiscard]] u64 count(CoreCounter counter, const energy::Counts& counts) const {
        return counts_it(counter) ? counts.at(place_of(counter)) : 0;
    }
    [[nodiscard]] bool counts_it(CoreCounter counter) const {
        return place_of(counter) != kNowhere;
    }
    /// In the list of all counters; only of one that it counts.
    [[nodiscard]] std::size_t place_of(CoreCounter counter) const {
        return places_[std::size_t(counter)];
    }
    /// Causes of stalls and their places, in the order of the list.
    [[nodiscard]] const std::vector<std::pair<std::string, std::size_t>>& stalls() const {
        return stalls_;
    }

private:
    static constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

    std::string core_;
    std::array<std::size_t, kCoreCounters> places_{};
    std::vector<std::pair<std::string, std::size_t>> stalls_;
};

/// Of every core of the list: of what counts instructions.
[[nodiscard]] std::vector<CoreCounters> core_counters(const std::vector<std::string>& paths);

/// Sum over `cores`.
[[nodiscard]] u64 total_of(CoreCounter counter, const std::vector<CoreCounters>& cores,
                           const energy::Counts& counts);

}  // namespace flexv::platform
