// SPDX-License-Identifier: Apache-2.0
// All counters of an elaborated platform under one list of names. The list is fixed once, so a
// snapshot is a plain vector of numbers and windows, regions and whole runs are differences of
// snapshots.
#pragma once

#include "base/module.hpp"

#include <systemc>

#include <string>
#include <string_view>
#include <vector>

namespace flexv::energy {

using Counts = std::vector<u64>;  ///< one number per counter, in the order of the list of names

/// The counters of every Module below `top` (not of `top` itself), in order of elaboration.
class CounterSet {
public:
    explicit CounterSet(const sc_core::sc_object& top);

    /// Names without that of `top`, for example "cluster.core0.instructions".
    [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }
    /// What each counter counts, in the order of paths().
    [[nodiscard]] const std::vector<std::string>& docs() const { return docs_; }
    [[nodiscard]] Counts read() const;

private:
    void collect(const sc_core::sc_object& object, std::size_t prefix);

    std::vector<std::string> paths_;
    std::vector<std::string> docs_;
    std::vector<const CounterInfo*> counters_;
};

/// Adds to `sum` what was counted from `before` to `now`; an empty `sum` is all zero.
void accumulate(Counts& sum, const Counts& now, const Counts& before);

/// "cluster.core0.alu" is event "alu" of component "cluster.core0".
[[nodiscard]] std::string_view component_of(std::string_view path);
[[nodiscard]] std::string_view event_of(std::string_view path);

}  // namespace flexv::energy
