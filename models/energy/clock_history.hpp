// SPDX-License-Identifier: Apache-2.0
// Which clock the cluster had when. Power that flows with time costs more in a cycle of a slow
// clock, so whoever prices a part of a run has to know how much of it passed at which clock.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <vector>

namespace flexv::energy {

/// Cycles that have passed, by clock: one number for each of a list of clocks, which may be longer.
using Elapsed = std::vector<Cycles>;

void accumulate(Elapsed& sum, const Elapsed& part);
/// Takes back what accumulate() has added.
void take_back(Elapsed& sum, const Elapsed& part);
[[nodiscard]] Cycles cycles_of(const Elapsed& elapsed);
[[nodiscard]] double nanoseconds_of(const Elapsed& elapsed, const std::vector<double>& clocks);
/// MHz: cycles over time; the first clock where no time has passed.
[[nodiscard]] double mean_mhz(const Elapsed& elapsed, const std::vector<double>& clocks);

class ClockHistory {
public:
    explicit ClockHistory(double mhz) : clocks_{mhz}, intervals_(1) {}

    /// From `cycle` on, which does not lie before the last change, the clock is `mhz`.
    void change(Cycles cycle, double mhz);

    /// MHz; each clock once, in the order of their first use.
    [[nodiscard]] const std::vector<double>& clocks() const { return clocks_; }
    [[nodiscard]] bool has_changed() const { return clocks_.size() > 1; }
    /// From cycle `from` up to cycle `to`, which is not part of it.
    [[nodiscard]] Elapsed between(Cycles from, Cycles to) const;
    /// When `cycle` begins, in ns.
    [[nodiscard]] double nanoseconds_at(Cycles cycle) const;
    void serialize(StateArchive& archive) {
        archive.list(clocks_);
        archive.list(intervals_);
    }

private:
    struct Interval {
        Cycles from = 0;
        double from_ns = 0;
        std::size_t clock = 0;  // of clocks_

        void serialize(StateArchive& archive) { archive(from, from_ns, clock); }
    };

    [[nodiscard]] std::vector<Interval>::const_iterator interval_at(Cycles cycle) const;

    std::vector<double> clocks_;
    std::vector<Interval> intervals_;
};

}  // namespace flexv::energy
