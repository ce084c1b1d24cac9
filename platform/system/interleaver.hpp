// SPDX-License-Identifier: Apache-2.0
// Runs the timelines of the cluster and of the SoC as one, in the order of time, whatever the ratio
// of their clocks and however it changes. Plain C++.
#pragma once

#include "platform/system/clocks.hpp"

#include <algorithm>
#include <array>

namespace flexv::platform {

class Interleaver {
public:
    Interleaver(ClusterDomain& cluster, SocDomain& soc) : cluster_(cluster), soc_(soc) {
        soc_.goes_first = false;
    }

    /// Carries out everything before the cluster's cycle `end`; of two acts at the same time the
    /// cluster's comes first. Ends early when stop() is called.
    void run_until(ClusterCycles end);
    /// Somebody will look at what was done up to the cluster's cycle `cycle`, which lies ahead:
    /// until the next call no agent runs ahead past it.
    void look_at(ClusterCycles cycle);
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
    [[nodiscard]] ClusterCycles end() const;
    /// The same behind the last act, which may lie far before it.
    [[nodiscard]] ClusterCycles end_of_acts() const;

    /// Time of the domain that acts at present.
    [[nodiscard]] sc_core::sc_time time() const {
        return soc_ran_last_ ? soc_.time_of(soc_.now()) : cluster_.time_of(cluster_.now());
    }

private:
    [[nodiscard]] std::array<ClockDomain*, 2> both() const { return {&cluster_, &soc_}; }
    void run_cluster(ClusterCycles end);
    void run_soc(ClusterCycles end);
    [[nodiscard]] ClusterCycles to_cluster(SocCycles soc_cycle) const {
        return cluster_.cycle_at(soc_.time_of(soc_cycle));
    }

    ClusterDomain& cluster_;
    SocDomain& soc_;
    ClusterCycles look_ = kNeverInCluster;
    bool is_stopped_ = false;
    bool is_paused_ = false;
    bool is_open_ = false;
    bool soc_ran_last_ = false;
    bool soc_has_acted_ = false;
};

}  // namespace flexv::platform
