// SPDX-License-Identifier: Apache-2.0
// Energy over time: the run is cut into windows, and each is priced like a run of its own. Windows
// are differences of integer counters, and a window in which the clock changes is priced by its
// parts, so together they cost exactly what the run costs.
#pragma once

#include "base/probe.hpp"
#include "energy/clock_history.hpp"
#include "energy/counters.hpp"
#include "energy/figures.hpp"
#include "energy/pricing.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace flexv::platform {

struct PowerWindow {
    Cycles begin = 0;
    Cycles end = 0;  ///< first cycle behind it
    double begin_ns = 0;
    double mhz = 0;  ///< its clock, the mean where it changed within
    energy::Bill bill;
    energy::Counts counts;  ///< events in it, in the order of all counters

    [[nodiscard]] Cycles cycles() const { return end - begin; }
    /// mW of `attojoules` that were spent in it.
    [[nodiscard]] double mean_mw(u64 attojoules) const {
        return energy::mean_mw(attojoules, cycles(), mhz);
    }
};

/// What components of others count and cost, in none of the cluster's totals.
struct OthersColumns {
    struct Column {
        std::string name;       ///< "outside.camera", of a counter "outside.camera.frames"
        std::size_t index = 0;  ///< in Bill::outside, of a counter in PowerWindow::counts
    };
    std::vector<Column> prices;
    std::vector<Column> counters;
};

/// The window with the highest mean power.
struct PowerPeak {
    double mw = 0;
    Cycles cycles = 0;  ///< of a window
};

class PowerMeter {
public:
    /// `prices`, which knows all of `clocks`, and `clocks` stay valid while the meter is used;
    /// `read` returns the counters as they are now.
    PowerMeter(const energy::PriceList& prices, const energy::ClockHistory& clocks,
               std::function<energy::Counts()> read)
        : prices_(prices), clocks_(clocks), read_(std::move(read)), before_(read_()) {}

    /// A window has ended.
    Probe<void(const PowerWindow&)> window_probe;

    /// The first window begins in cycle `now`, with what is counted by then.
    void start_at(Cycles now) {
        begin_ = now;
        before_ = read_();
    }

    /// Names of the components that every window charges, in the order of its bill.
    [[nodiscard]] std::vector<std::string> components() const;

    /// Whatever others have brought along: `own` of the counters `all`, which are those of read().
    void show_others(const std::vector<std::string>& own, const std::vector<std::string>& all);
    [[nodiscard]] const OthersColumns& others() const { return others_; }

    /// Ends the window before cycle `now` and tells window_probe; an empty window is told only
    /// when something was counted in it.
    void close(Cycles now);

    /// Of all windows that are not shorter than the first one.
    [[nodiscard]] const PowerPeak& peak() const { return peak_; }

private:
    void remember_peak(const PowerWindow& window);

    const energy::PriceList& prices_;
    const energy::ClockHistory& clocks_;
    std::function<energy::Counts()> read_;
    energy::Counts before_;
    Cycles begin_ = 0;
    PowerPeak peak_;
    OthersColumns others_;
};

}  // namespace flexv::platform
