// SPDX-License-Identifier: Apache-2.0
#include "platform/system/interleaver.hpp"

#include <algorithm>

namespace flexv::platform {

void Interleaver::run_until(Cycles end) {
    is_paused_ = false;
    while (!is_stopped_ && !is_paused_) {
        const u64 last = cluster_.ticks_of(end);  // again each time: a clock may have changed
        const u64 cluster_next = cluster_.next_act_ticks();
        const u64 soc_next = soc_.next_act_ticks();
        if (std::min(cluster_next, soc_next) >= last) {
            cluster_.timeline.skip_to(end);
            soc_.timeline.skip_to(soc_.cycle_at_ticks(last));
            return;
        }
        if (cluster_next <= soc_next)
            run_cluster(end);
        else
            run_soc(end);
    }
}

/// Up to the next act of the SoC, and including the same instant.
void Interleaver::run_cluster(Cycles end) {
    const Cycles meeting = cluster_.cycle_behind(soc_.next_act_ticks());
    soc_ran_last_ = false;
    cluster_.timeline.expect_outside(is_open_ ? std::min(meeting, end) : meeting);
    cluster_.timeline.run_until(std::min(meeting, end));
}

/// Up to the next act of the cluster.
void Interleaver::run_soc(Cycles end) {
    const Cycles meeting = soc_.cycle_behind(cluster_.next_act_ticks());
    soc_ran_last_ = soc_has_acted_ = true;
    const Cycles last = std::min(meeting, soc_.cycle_at_ticks(cluster_.ticks_of(end)));
    soc_.timeline.expect_outside(is_open_ ? last : meeting);
    soc_.timeline.run_until(last);
}

void Interleaver::look_at(Cycles cycle) {
    look_ = cycle;
    constexpr Cycles kFar{u64{1} << 40};  // behind every quantum, before any overflow of time
    const bool is_far = cycle - cluster_.timeline.now() > kFar;
    cluster_.timeline.look_at(is_far ? kNever : cycle);
    soc_.timeline.look_at(is_far ? kNever : soc_.cycle_at_ticks(cluster_.ticks_of(cycle)));
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
    for (ClockDomain* domain : {&cluster_, &soc_})
        domain->timeline.skip_to(domain->cycle_at_ticks(reached));
}

void Interleaver::reconsider() {
    for (ClockDomain* domain : {&cluster_, &soc_}) {
        domain->timeline.expect_outside(domain->timeline.now());
        domain->timeline.stop();
    }
    look_at(look_);  // in the SoC that may be another cycle now
}

Cycles Interleaver::end() const {
    const Cycles reached = cluster_.timeline.now();
    return soc_ran_last_ ? std::max(reached, to_cluster(soc_.timeline.now())) : reached;
}

Cycles Interleaver::end_of_acts() const {
    const Cycles cluster = cluster_.timeline.last_act() + 1;
    const Cycles soc = std::max(soc_.timeline.last_act() + 1, soc_.anchor);
    return soc_has_acted_ ? std::max(cluster, to_cluster(soc)) : cluster;
}

}  // namespace flexv::platform
