// SPDX-License-Identifier: Apache-2.0
// A clock and the timeline that is counted in it. Inside a domain everything is integer cycles;
// SystemC time appears where a payload enters or leaves.
#pragma once

#include "base/timeline.hpp"

#include <systemc>

namespace flexv {

struct ClockDomain {
    Timeline timeline;
    sc_core::sc_time period{1, sc_core::SC_NS};
    sc_core::sc_time origin = sc_core::SC_ZERO_TIME;  ///< SystemC time of cycle 0

    [[nodiscard]] sc_core::sc_time time_of(Cycles cycle) const {
        return origin + period * double(cycle);
    }
    /// Whole cycles that `duration` covers, rounded up: a response is used at a clock edge.
    [[nodiscard]] Cycles cycles_in(const sc_core::sc_time& duration) const {
        const u64 ticks = duration.value();
        const u64 step = period.value();
        return (ticks + step - 1) / step;
    }
};

}  // namespace flexv
