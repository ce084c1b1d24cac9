// SPDX-License-Identifier: Apache-2.0
// Energy over time: the run is cut into windows, and each is priced like a run of its own. Windows
// are differences of integer counters, so together they cost exactly what the run costs.
#pragma once

#include "energy/counters.hpp"
#include "energy/pricing.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace flexv::platform {

struct PowerWindow {
    Cycles begin = 0;
    Cycles end = 0;  ///< first cycle behind it
    energy::Bill bill;

    [[nodiscard]] Cycles cycles() const { return end - begin; }
};

/// The window that needed most.
struct PowerPeak {
    u64 attojoules = 0;
    Cycles cycles = 0;  ///< of a window
};

class PowerMeter {
public:
    using Listener = std::function<void(const PowerWindow&)>;

    /// `prices` stays valid while the meter is used; `read` returns the counters as they are now.
    PowerMeter(const energy::PriceList& prices, std::function<energy::Counts()> read)
        : prices_(prices), read_(std::move(read)), before_(read_()) {}

    void listen(Listener listener) { listeners_.push_back(std::move(listener)); }

    /// Names of the components that every window charges, in the order of its bill.
    [[nodiscard]] std::vector<std::string> components() const;

    /// Ends the window before cycle `now` and tells the listeners; an empty window is told only
    /// when something was counted in it.
    void close(Cycles now);

    /// Of all windows that are not shorter than the first one.
    [[nodiscard]] const PowerPeak& peak() const { return peak_; }

private:
    void remember_peak(const PowerWindow& window);

    const energy::PriceList& prices_;
    std::function<energy::Counts()> read_;
    energy::Counts before_;
    Cycles begin_ = 0;
    PowerPeak peak_;
    std::vector<Listener> listeners_;
};

}  // namespace flexv::platform
