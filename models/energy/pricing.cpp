// SPDX-License-Identifier: Apache-2.0
#include "energy/pricing.hpp"

#include "base/edit_distance.hpp"
#include "base/error.hpp"
#include "energy/cluster_path.hpp"
#include "energy/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flexv::energy {

namespace {

/// Whether something is counted where the counter that `pattern` means would be.
bool has_component(std::string_view pattern, const std::vector<std::string>& counters) {
    const Pattern any_event(std::string(component_of(pattern)).append(".*"));
    return std::ranges::any_of(
        counters, [&any_event](const std::string& counter) { return any_event.matches(counter); });
}

std::vector<Pattern> statistics_of(const Profile& profile) {
    std::vector<Pattern> patterns;
    for (const Statistic& statistic : profile.statistics)
        patterns.emplace_back(statistic.counter);
    return patterns;
}

/// Energy in attojoule has 64 bits; more must not pass for less.
[[noreturn]] void refuse_energy(const std::string& what) {
    throw UserError(
        "energy of {}: above 18 J, the most that a report can hold; "
        "expected a run of at most some minutes of chip time",
        what);
}

u64 product(u64 events, u64 attojoules) {
    u64 result = 0;
    if (__builtin_mul_overflow(events, attojoules, &result))
        refuse_energy(fmt::format("{} events, {} aJ each", events, attojoules));
    return result;
}

u64 sum(u64 first, u64 second) {
    u64 result = 0;
    if (__builtin_add_overflow(first, second, &result))
        refuse_energy(fmt::format("{} and {} aJ together", first, second));
    return result;
}

}  // namespace

PriceList::PriceList(const Profile& profile, const OperatingPoint& point,
                     const Architecture& architecture, const std::vector<std::string>& counters)
    : architecture_(architecture), vdd_(point.vdd) {
    std::ranges::transform(counters, std::back_inserter(alike_), in_first_cluster);
    for (const Coefficient& coefficient : profile.coefficients)
        add(profile, coefficient, point, counters);
    unsigned last_cluster = 0;
    for (const std::string& counter : counters)
        last_cluster = std::max(last_cluster, cluster_number(counter));
    for (const Standing& standing : profile.standing)
        add(profile, standing, point, last_cluster);
    find_unpriced(profile, counters);
}

/// In each cluster the same power flows.
void PriceList::add(const Profile& profile, const Standing& standing, const OperatingPoint& point,
                    unsigned last_cluster) {
    scales_.push_back(profile.scale_of(standing.scales, architecture_));
    const unsigned last = is_in_first_cluster(standing.component) ? last_cluster : 0;
    for (unsigned number = 0; number <= last; ++number) {
        const std::string component = in_cluster(standing.component, number);
        lines_.push_back({.item = scales_.size() - 1,
                          .counter = kElapsed,
                          .account = account(component, false),
                          .origin = origin(component),
                          .attojoules = {profile.attojoules(standing, point, scales_.back())},
                          .kind = standing.kind,
                          .symbol = {}});
    }
}

void PriceList::add(const Profile& profile, const Coefficient& coefficient,
                    const OperatingPoint& point, const std::vector<std::string>& counters) {
    scales_.push_back(1);
    const Pattern pattern(coefficient.counter);
    bool found = false;
    for (std::size_t i = 0; i < counters.size(); ++i) {
        const auto parts = pattern.match(alike_[i]);
        if (!parts)
            continue;
        if (!found)  // what is not there has no size either
            scales_.back() = profile.scale_of(coefficient.scales, architecture_);
        found = true;
        const std::string component =
            in_cluster(substitute(coefficient.component, *parts), cluster_number(counters[i]));
        add_line({.item = scales_.size() - 1,
                  .counter = i,
                  .account = account(component, coefficient.outside),
                  .origin = origin(component_of(counters[i])),
                  .attojoules = {profile.attojoules(coefficient, point, scales_.back())},
                  .kind = coefficient.kind,
                  .symbol = coefficient.symbol},
                 counters);
    }
    if (!found && !(coefficient.optional && !has_component(coefficient.counter, alike_)))
        throw UserError("energy profile {}: price {} is for {}, which nothing counts; nearest: {}",
                        profile.name, coefficient.symbol, coefficient.counter,
                        nearest_name(coefficient.counter, counters));
}

void PriceList::add_line(const Line& line, const std::vector<std::string>& counters) {
    const bool is_twice = std::ranges::any_of(lines_, [&line](const Line& other) {
        return other.counter == line.counter && other.symbol == line.symbol;
    });
    if (is_twice)
        throw UserError("energy profile: {} is priced twice as {}; one price each",
                        counters[line.counter], line.symbol);
    lines_.push_back(line);
}

std::size_t PriceList::account(const std::string& component, bool outside) {
    const auto found = std::ranges::find(accounts_, component, &Account::component);
    if (found == accounts_.end()) {
        accounts_.push_back({component, outside});
        return accounts_.size() - 1;
    }
    if (found->outside != outside)
        throw UserError("energy profile: component {} is both inside and outside of the cluster",
                        component);
    return std::size_t(found - accounts_.begin());
}

std::size_t PriceList::origin(std::string_view block) {
    const auto found = std::ranges::find(origins_, block);
    const auto index = std::size_t(found - origins_.begin());
    if (found == origins_.end())
        origins_.emplace_back(block);
    return index;
}

void PriceList::find_unpriced(const Profile& profile, const std::vector<std::string>& counters) {
    std::vector<bool> is_priced(counters.size());
    for (const Line& line : lines_)
        if (line.counter != kElapsed)
            is_priced[line.counter] = true;
    const std::vector<Pattern> statistics = statistics_of(profile);
    for (std::size_t i = 0; i < counters.size(); ++i) {
        const auto means_it = [&](const Pattern& pattern) { return pattern.matches(alike_[i]); };
        if (!is_priced[i] && std::ranges::none_of(statistics, means_it))
            unpriced_.push_back(counters[i]);
    }
}

void PriceList::add_clock(const Profile& profile, double mhz) {
    const OperatingPoint point{.vdd = vdd_, .mhz = mhz};
    for (Line& line : lines_)
        if (line.counter == kElapsed) {
            const Standing& standing = profile.standing[line.item - profile.coefficients.size()];
            line.attojoules.push_back(profile.attojoules(standing, point, scales_[line.item]));
        }
}

PriceList::Spent PriceList::spent_on(const Line& line, const Counts& counts,
                                     const Elapsed& elapsed) {
    if (line.counter != kElapsed) {
        const u64 events = counts.at(line.counter);
        return {.events = events, .attojoules = product(events, line.attojoules[0])};
    }
    Spent spent;
    for (std::size_t clock = 0; clock < elapsed.size(); ++clock) {
        const u64 cycles{elapsed[clock]};
        spent.events += cycles;
        spent.attojoules = sum(spent.attojoules, product(cycles, line.attojoules.at(clock)));
    }
    return spent;
}

Bill PriceList::price(const Counts& counts, const Elapsed& elapsed) const {
    Bill bill;
    for (const double scale : scales_)
        bill.items.push_back({.scale = scale});
    for (const std::string& block : origins_)
        bill.by_origin.push_back({block, 0});
    std::vector<u64> spent(accounts_.size());
    u64 all = 0;
    for (const Line& line : lines_) {
        const auto [events, energy] = spent_on(line, counts, elapsed);
        all = sum(all, energy);
        spent[line.account] += energy;
        bill.items[line.item].events += events;
        bill.items[line.item].attojoules += energy;
        if (accounts_[line.account].outside)
            continue;
        bill.by_kind[std::size_t(line.kind)] += energy;
        bill.by_origin[line.origin].attojoules += energy;
    }
    for (std::size_t i = 0; i < accounts_.size(); ++i) {
        const Account& owner = accounts_[i];
        (owner.outside ? bill.outside : bill.components).push_back({owner.component, spent[i]});
        bill.total += owner.outside ? 0 : spent[i];
    }
    return bill;
}

}  // namespace flexv::energy
