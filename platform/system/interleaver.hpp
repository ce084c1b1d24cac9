// SPDX-License-Identifier: Apache-2.0
// Runs the timelines of the cluster and of the SoC as one, in the order of time, whatever the ratio
// of their clocks and however it changes. Plain C++.
#pragma once

#include "base/clock_domain.hpp"

#include <algorithm>

namespace flexv::platform {

class Interleaver {
public:
    Interleaver(ClockDomain& cluster, ClockDomain& soc) : cluster_(cluster), soc_(soc) {
        soc_.goes_first = false;
    }

    /// Carries out everything before the cluster's cycle `end`; of two acts at the same time the
    /// cluster's comes first. Ends early when stop() is called.
    void run_until(Cycles end);
    /// Somebody will look at what was done up to the cluster's cycle `cycle`, which lies ahead:
    /// until the next call no agent runs ahead past it.
    void look_at(Cycles cycle);
    /// Nothing is carried out any more behind the present cycle.
    void stop();
    /// Others act beside the two timelines: from now on run_until() may be told to come back
    /// early, and no agent runs ahead past its end.
    void open() { is_open_ = true; }
    /// run_until() comes back behind the present cycle; the next call goes on.
    void pause();
    /// Somebody outside acts at the time `ticks`: what lies before it has been carried out, and
    /// nothing is planned in between.
    void arrive(u64 ticks);
    /// Of the next act in either domain, in SystemC's time resolution; kNoTicks when there is none.
    [[nodiscard]] u64 next_act_ticks() const {
        return std::min(cluster_.next_act_ticks(), soc_.next_act_ticks());
    }
    /// The plan has changed, because a clock has: it is made again behind the present cycle.
    void reconsider();
    /// Between two runs; the domains aside.
    void serialize(StateArchive& archive) { archive(soc_ran_last_, soc_has_acted_); }

    [[nodiscard]] bool is_stopped() const { return is_stopped_; }
    [[nodiscard]] bool is_paused() const { return is_paused_; }
    /// Nothing will ever happen again.
    [[nodiscard]] bool is_idle() const {
        return cluster_.timeline.is_idle() && soc_.timeline.is_idle();
    }
    /// First cycle of the cluster behind all that was carried out so far.
    [[nodiscard]] Cycles end() const;
    /// The same behind the last act, which may lie far before it.
    [[nodiscard]] Cycles end_of_acts() const;

    /// Time of the domain that acts at present.
    [[nodiscard]] sc_core::sc_time time() const {
        const ClockDomain& domain = soc_ran_last_ ? soc_ : cluster_;
        return domain.time_of(domain.timeline.now());
    }

private:
    void run_cluster(Cycles end);
    void run_soc(Cycles end);
    [[nodiscard]] Cycles to_cluster(Cycles soc_cycle) const {
        return cluster_.cycle_at(soc_.time_of(soc_cycle));
    }

    ClockDomain& cluster_;
    ClockDomain& soc_;
    Cycles look_ = kNever;
    bool is_stopped_ = false;
    bool is_paused_ = false;
    bool is_open_ = false;
    bool soc_ran_last_ = false;
    bool soc_has_acted_ = false;
};

}  // namespace flexv::platform
