// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/wave.hpp"

#include "energy/figures.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace flexv::platform {

namespace {

constexpr Cycles kBookedLate = 16;    // a core books the end of a sleep some cycles later
constexpr double kPicoseconds = 1e3;  // a nanosecond
constexpr const char* kOutside = "-";

/// A text of the dump ends at its first blank.
std::string without_blanks(std::string text) {
    std::ranges::replace_if(
        text, [](char letter) { return letter <= ' ' || letter > '~'; }, '_');
    return text;
}

}  // namespace

Wave::Wave(OutputFile& file, const std::vector<std::string>& cores,
           const std::vector<std::string>& channels, const std::vector<std::string>& components,
           const energy::ClockHistory& clocks, OthersColumns others)
    : vcd_(file,
           [&clocks](Cycles cycle) {
               return u64(std::llround(clocks.nanoseconds_at(cycle) * kPicoseconds));
           }),
      others_(std::move(others)) {
    using enum Vcd::Kind;
    total_ = vcd_.add("cluster", "power_mw", real, "0");
    for (const std::string& scope : cores) {
        cores_.push_back({.state = vcd_.add(scope, "state", text, "off"),
                          .region = vcd_.add(scope, "region", text, kOutside),
                          .region_id = vcd_.add(scope, "region_id", number, "0"),
                          .inside = {}});
    }
    for (const std::string& component : components)
        components_.push_back(vcd_.add(component, "power_mw", real, "0"));
    for (std::size_t index = 0; index < cores.size(); ++index) {
        cores_[index].pc = vcd_.add(cores[index], "pc", number, "0");
        cores_[index].function = vcd_.add(cores[index], "function", text, kOutside);
        cores_[index].lines = vcd_.add(cores[index], "event_lines", number, "0");
    }
    for (const std::string& path : channels) {
        const std::size_t dot = path.rfind('.');
        channels_.push_back(vcd_.add(path.substr(0, dot), path.substr(dot + 1), text, kOutside));
    }
    conflicts_ = vcd_.add("cluster.tcdm", "conflicts", number, "0");
    declare_others();
    vcd_.start();
}

void Wave::declare_others() {
    using enum Vcd::Kind;
    for (const OthersColumns::Column& column : others_.prices)
        prices_of_others_.push_back(vcd_.add(column.name, "power_mw", real, "0"));
    for (const OthersColumns::Column& column : others_.counters)
        counters_of_others_.push_back(vcd_.add(std::string(energy::component_of(column.name)),
                                               std::string(energy::event_of(column.name)), number,
                                               "0"));
}

void Wave::start(unsigned core, Cycles now) {
    vcd_.set_text(cores_.at(core).state, now, "running");
}

void Wave::wait(unsigned core, bool is_asleep, Cycles from, Cycles to) {
    const Vcd::Signal state = cores_.at(core).state;
    vcd_.set_text(state, from, is_asleep ? "asleep" : "stalled");
    vcd_.set_text(state, to, "running");
}

void Wave::region(unsigned core, u32 id, const std::string& name, bool is_begin, Cycles now) {
    region_names_.try_emplace(id, without_blanks(name));
    CoreSignals& signals = cores_.at(core);
    if (is_begin)
        signals.inside.push_back(id);
    else
        std::erase(signals.inside, id);
    const bool is_outside = signals.inside.empty();
    vcd_.set_text(signals.region, now,
                  is_outside ? kOutside : region_names_.at(signals.inside.back()));
    vcd_.set_number(signals.region_id, now, is_outside ? 0 : signals.inside.back());
}

Cycles Wave::not_written(Cycles cycle) const { return std::max(cycle, written_); }

void Wave::at(unsigned core, Address pc, Cycles now) {
    vcd_.set_number(cores_[core].pc, not_written(now), pc);
}

void Wave::function(unsigned core, const std::string& name, Cycles now) {
    vcd_.set_text(cores_.at(core).function, not_written(now),
                  name.empty() ? kOutside : without_blanks(name));
}

void Wave::lines(unsigned core, u32 lines, Cycles now) {
    vcd_.set_number(cores_.at(core).lines, not_written(now), lines);
}

void Wave::channel(unsigned index, const std::string& what, Cycles now) {
    vcd_.set_text(channels_.at(index), not_written(now),
                  what.empty() ? kOutside : without_blanks(what));
}

void Wave::conflicts(const PowerWindow& window, u64 count) {
    vcd_.set_number(conflicts_, not_written(window.begin), count);
}

void Wave::power(Vcd::Signal signal, const PowerWindow& window, u64 attojoules) {
    vcd_.set_real(signal, window.begin, window.mean_mw(attojoules));
}

void Wave::add(const PowerWindow& window) {
    power(total_, window, window.bill.total);
    for (std::size_t i = 0; i < components_.size(); ++i)
        power(components_[i], window, window.bill.components[i].attojoules);
    for (std::size_t i = 0; i < prices_of_others_.size(); ++i)
        power(prices_of_others_[i], window,
              window.bill.outside[others_.prices[i].index].attojoules);
    for (std::size_t i = 0; i < counters_of_others_.size(); ++i)
        vcd_.set_number(counters_of_others_[i], window.begin,
                        window.counts[others_.counters[i].index]);
    if (window.end <= kBookedLate)
        return;
    written_ = window.end - kBookedLate;
    vcd_.flush(written_);
}

void Wave::finish(Cycles end) { vcd_.finish(end); }

}  // namespace flexv::platform
