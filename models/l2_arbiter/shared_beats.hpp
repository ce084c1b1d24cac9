// SPDX-License-Identifier: Apache-2.0
// Who of several clusters has the port of L2 when: accesses queue in the order in which they come.
// Plain C++.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <vector>

namespace flexv::l2_arbiter {

class SharedBeats {
public:
    explicit SharedBeats(unsigned cluster_count) : free_at_(cluster_count) {}

    /// An access of `beats` cycles of the port comes from `cluster` in cycle `arrival`.
    /// \returns the cycles that it waits for what other clusters have asked for before. What its
    /// own cluster has asked for does not hold it up: cores, DMA and caches of one cluster meet on
    /// its own bus.
    Cycles wait(unsigned cluster, Cycles arrival, Cycles beats) {
        Cycles start = arrival;
        for (unsigned other = 0; other < free_at_.size(); ++other)
            if (other != cluster)
                start = std::max(start, free_at_[other]);
        free_at_[cluster] = std::max(free_at_[cluster], start) + beats;
        return start - arrival;
    }
    void reset() { std::ranges::fill(free_at_, Cycles{}); }
    void serialize(StateArchive& archive) { archive(free_at_); }

private:
    std::vector<Cycles> free_at_;  // [cluster]: behind everything that it has asked for
};

}  // namespace flexv::l2_arbiter
