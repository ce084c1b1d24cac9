// SPDX-License-Identifier: Apache-2.0
#include "energy/clock_history.hpp"

#include <algorithm>
#include <numeric>

namespace flexv::energy {

void accumulate(Elapsed& sum, const Elapsed& part) {
    sum.resize(std::max(sum.size(), part.size()));
    for (std::size_t i = 0; i < part.size(); ++i)
        sum[i] += part[i];
}

void take_back(Elapsed& sum, const Elapsed& part) {
    for (std::size_t i = 0; i < part.size(); ++i)
        sum.at(i) -= part[i];
}

Cycles cycles_of(const Elapsed& elapsed) {
    return std::accumulate(elapsed.begin(), elapsed.end(), Cycles{0});
}

double nanoseconds_of(const Elapsed& elapsed, const std::vector<double>& clocks) {
    double sum = 0;
    for (std::size_t i = 0; i < elapsed.size(); ++i)
        sum += double(elapsed[i]) * 1000 / clocks.at(i);
    return sum;
}

double mean_mhz(const Elapsed& elapsed, const std::vector<double>& clocks) {
    const Cycles all = cycles_of(elapsed);
    for (std::size_t i = 0; i < elapsed.size(); ++i)
        if (elapsed[i] == all)
            return clocks.at(i);  // to the last digit
    return all == 0 ? clocks.at(0) : double(all) * 1000 / nanoseconds_of(elapsed, clocks);
}

void ClockHistory::change(Cycles cycle, double mhz) {
    const Interval& last = intervals_.back();
    if (clocks_[last.clock] == mhz)
        return;
    const auto known = std::ranges::find(clocks_, mhz);
    const auto clock = std::size_t(known - clocks_.begin());
    if (known == clocks_.end())
        clocks_.push_back(mhz);
    const Interval next{.from = cycle, .from_ns = nanoseconds_at(cycle), .clock = clock};
    if (last.from == cycle)
        intervals_.back() = next;
    else
        intervals_.push_back(next);
}

std::vector<ClockHistory::Interval>::const_iterator ClockHistory::interval_at(Cycles cycle) const {
    return std::prev(std::ranges::upper_bound(intervals_, cycle, {}, &Interval::from));
}

Elapsed ClockHistory::between(Cycles from, Cycles to) const {
    Elapsed elapsed(clocks_.size());
    for (auto interval = interval_at(from); from < to; ++interval) {
        const auto next = std::next(interval);
        const Cycles end = next == intervals_.end() ? to : std::min(to, next->from);
        elapsed[interval->clock] += end - from;
        from = end;
    }
    return elapsed;
}

double ClockHistory::nanoseconds_at(Cycles cycle) const {
    const auto interval = interval_at(cycle);
    return interval->from_ns + double(cycle - interval->from) * 1000 / clocks_[interval->clock];
}

}  // namespace flexv::energy
