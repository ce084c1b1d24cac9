// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/power_meter.hpp"

#include <algorithm>

namespace flexv::platform {

std::vector<std::string> PowerMeter::components() const {
    std::vector<std::string> names;
    for (const auto& component : prices_.price(energy::Counts(before_.size()), 0).components)
        names.push_back(component.path);
    return names;
}

void PowerMeter::show_others(const std::vector<std::string>& own,
                             const std::vector<std::string>& all) {
    const std::vector<energy::ComponentEnergy> priced =
        prices_.price(energy::Counts(before_.size()), 0).outside;
    for (std::size_t i = 0; i < priced.size(); ++i) {
        const std::string name = "outside." + priced[i].path;
        if (std::ranges::any_of(own, [&name](const std::string& counter) {
                return energy::component_of(counter) == name;
            }))
            others_.prices.push_back({.name = name, .index = i});
    }
    for (const std::string& counter : own) {
        const auto found = std::ranges::find(all, counter);
        if (found != all.end())
            others_.counters.push_back(
                {.name = counter, .index = std::size_t(found - all.begin())});
    }
}

void PowerMeter::close(Cycles now) {
    energy::Counts counts = read_();
    if (now == begin_ && counts == before_)
        return;
    energy::Counts spent;
    energy::accumulate(spent, counts, before_);
    const energy::Elapsed elapsed = clocks_.between(begin_, now);
    PowerWindow window{.begin = begin_,
                       .end = now,
                       .begin_ns = clocks_.nanoseconds_at(begin_),
                       .mhz = energy::mean_mhz(elapsed, clocks_.clocks()),
                       .bill = prices_.price(spent, elapsed),
                       .counts = {}};
    window.counts = std::move(spent);
    remember_peak(window);
    window_probe(window);
    before_ = std::move(counts);
    begin_ = now;
}

void PowerMeter::remember_peak(const PowerWindow& window) {
    const bool is_short = window.cycles() < peak_.cycles;
    if (!is_short && window.mean_mw(window.bill.total) > peak_.mw)
        peak_ = {.mw = window.mean_mw(window.bill.total), .cycles = window.cycles()};
}

}  // namespace flexv::platform
