// SPDX-License-Identifier: Apache-2.0
// A clock and the timeline that is counted in it. Inside a domain everything is integer cycles;
// SystemC time appears where a payload enters or leaves, and where two domains meet.
#pragma once

#include "base/timeline.hpp"

#include <algorithm>
#include <systemc>

namespace flexv {

struct ClockDomain {
    Timeline timeline;
    sc_core::sc_time period{1, sc_core::SC_NS};
    Cycles anchor = 0;                                     ///< the period holds from this cycle on
    sc_core::sc_time anchor_time = sc_core::SC_ZERO_TIME;  ///< SystemC time of that cycle

    /// `cycle` must not lie before the anchor.
    [[nodiscard]] sc_core::sc_time time_of(Cycles cycle) const {
        return sc_core::sc_time::from_value(anchor_time.value() +
                                            period.value() * (cycle - anchor));
    }
    [[nodiscard]] sc_core::sc_time duration_of(Cycles cycles) const {
        return sc_core::sc_time::from_value(period.value() * cycles);
    }
    /// The first cycle that begins at `time` or later.
    [[nodiscard]] Cycles cycle_at(const sc_core::sc_time& time) const {
        return time > anchor_time ? anchor + cycles_in(time - anchor_time) : anchor;
    }
    /// Whole cycles that `duration` covers, rounded up: a response is used at a clock edge.
    [[nodiscard]] Cycles cycles_in(const sc_core::sc_time& duration) const {
        const u64 ticks = duration.value();
        const u64 step = period.value();
        return (ticks + step - 1) / step;
    }
    /// Another frequency from the present cycle of the timeline on.
    void retune(const sc_core::sc_time& new_period) {
        anchor_time = time_of(timeline.now());
        anchor = timeline.now();
        period = new_period;
    }
    /// SystemC time of the next act, after the timeline has stopped; the maximum when there is
    /// none.
    [[nodiscard]] sc_core::sc_time next_act_time() const {
        const Cycles next = timeline.next_act();
        return next == kNever ? sc_core::sc_max_time() : time_of(next);
    }
};

/// While it lives, a master of the domain `from` acts on the domain `to` at the SystemC time
/// `when`: `to` has come as far when it begins, and if it now has something to do before `from` was
/// to stop, `from` stops behind its present cycle.
class Crossing {
public:
    Crossing(ClockDomain& from, ClockDomain& to, const sc_core::sc_time& when)
        : from_(from), to_(to) {
        // The delay that a payload has gathered may reach past something else that is to happen.
        to.timeline.skip_to(std::min(to.cycle_at(when), to.timeline.next_act()));
    }
    Crossing(const Crossing&) = delete;
    Crossing& operator=(const Crossing&) = delete;
    ~Crossing() {
        if (to_.next_act_time() < from_.time_of(from_.timeline.end()))
            from_.timeline.stop();
    }

    /// The cycle of `to` in which the act takes place.
    [[nodiscard]] Cycles cycle() const { return to_.timeline.now(); }

private:
    ClockDomain& from_;
    ClockDomain& to_;
};

}  // namespace flexv
