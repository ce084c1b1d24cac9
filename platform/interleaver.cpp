// SPDX-License-Identifier: Apache-2.0
#include "platform/interleaver.hpp"

#include <algorithm>

namespace flexv::platform {

namespace {

// SystemC time as integers: this is what happens at every meeting of the domains.

u64 ticks_of(const ClockDomain& domain, Cycles cycle) {
    return domain.anchor_time.value() + domain.period.value() * (cycle - domain.anchor);
}

/// Of the next act; the maximum when there is none.
u64 next_ticks(const ClockDomain& domain) {
    const Cycles next = domain.timeline.next_act();
    return next == kNever ? ~u64{0} : ticks_of(domain, next);
}

/// The first cycle that begins at `ticks` or later.
Cycles cycle_at(const ClockDomain& domain, u64 ticks) {
    const u64 anchor = domain.anchor_time.value();
    const u64 period = domain.period.value();
    return ticks > anchor ? domain.anchor + (ticks - anchor + period - 1) / period : domain.anchor;
}

}  // namespace

void Interleaver::run_until(Cycles end) {
    while (!is_stopped_) {
        const u64 last = ticks_of(cluster_, end);  // again each time: a clock may have changed
        const u64 cluster_next = next_ticks(cluster_);
        const u64 soc_next = next_ticks(soc_);
        if (std::min(cluster_next, soc_next) >= last) {
            cluster_.timeline.skip_to(end);
            soc_.timeline.skip_to(cycle_at(soc_, last));
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
    const u64 soc_next = next_ticks(soc_);
    const Cycles meeting =
        soc_next < ticks_of(cluster_, end) ? cycle_at(cluster_, soc_next + 1) : end;
    soc_ran_last_ = false;
    cluster_.timeline.run_until(std::min(meeting, end), end);
}

/// Up to the next act of the cluster.
void Interleaver::run_soc(Cycles end) {
    const u64 last = ticks_of(cluster_, end);
    const u64 meeting = std::min(next_ticks(cluster_), last);
    soc_ran_last_ = soc_has_acted_ = true;
    soc_.timeline.run_until(cycle_at(soc_, meeting), cycle_at(soc_, last));
}

void Interleaver::stop() {
    is_stopped_ = true;
    reconsider();
}

void Interleaver::reconsider() {
    cluster_.timeline.stop();
    soc_.timeline.stop();
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
