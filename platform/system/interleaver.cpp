// SPDX-License-Identifier: Apache-2.0
#include "platform/system/interleaver.hpp"

#include <algorithm>

namespace flexv::platform {

void Interleaver::run_until(ClusterCycles end) {
    is_paused_ = false;
    while (!is_stopped_ && !is_paused_) {
        const u64 last = cluster_.ticks_of(end);  // again each time: a clock may have changed
        const u64 cluster_next = cluster_.next_act_ticks();
        const u64 soc_next = soc_.next_act_ticks();
        if (std::min(cluster_next, soc_next) >= last) {
            cluster_.skip_to(end);
            soc_.skip_to(soc_.cycle_at_ticks(last));
            return;
        }
        if (cluster_next <= soc_next)
            run_cluster(end);
        else
            run_soc(end);
    }
}

/// Up to the next act of the SoC, and including the same instant.
void Interleaver::run_cluster(ClusterCycles end) {
    const ClusterCycles meeting = cluster_.cycle_behind(soc_.next_act_ticks());
    soc_ran_last_ = false;
    cluster_.expect_outside(is_open_ ? std::min(meeting, end) : meeting);
    cluster_.run_until(std::min(meeting, end));
}

/// Up to the next act of the cluster.
void Interleaver::run_soc(ClusterCycles end) {
    const SocCycles meeting = soc_.cycle_behind(cluster_.next_act_ticks());
    soc_ran_last_ = soc_has_acted_ = true;
    const SocCycles last = std::min(meeting, soc_.cycle_at_ticks(cluster_.ticks_of(end)));
    soc_.expect_outside(is_open_ ? last : meeting);
    soc_.run_until(last);
}

void Interleaver::look_at(ClusterCycles cycle) {
    look_ = cycle;
    constexpr ClusterCycles kFar{0x100'0000'0000};  // behind every quantum, before time overflows
    const bool is_far = cycle - cluster_.now() > kFar;
    cluster_.look_at(is_far ? kNeverInCluster : cycle);
    soc_.look_at(is_far ? SocCycles(kNever) : soc_.cycle_at_ticks(cluster_.ticks_of(cycle)));
}

void Interleaver::stop() {
    is_stopped_ = true;
    reconsider();
}

void Interleaver::pause() {
    is_paused_ = true;
    reconsider();
}

void Interleaver::arrive(u64 ticks) {
    const u64 reached = std::min(ticks, next_act_ticks());
    for (ClockDomain* const domain : both())
        domain->timeline.skip_to(domain->cycle_at_ticks(reached));
}

void Interleaver::reconsider() {
    for (ClockDomain* const domain : both()) {
        domain->timeline.expect_outside(domain->timeline.now());
        domain->timeline.stop();
    }
    look_at(look_);  // in the SoC that may be another cycle now
}

ClusterCycles Interleaver::end() const {
    const ClusterCycles reached = cluster_.now();
    return soc_ran_last_ ? std::max(reached, to_cluster(soc_.now())) : reached;
}

ClusterCycles Interleaver::end_of_acts() const {
    const ClusterCycles cluster = cluster_.last_act() + 1;
    const SocCycles soc = std::max(soc_.last_act() + 1, SocCycles(soc_.anchor));
    return soc_has_acted_ ? std::max(cluster, to_cluster(soc)) : cluster;
}

}  // namespace flexv::platform
