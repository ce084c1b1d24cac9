// SPDX-License-Identifier: Apache-2.0
#include "platform/interleaver.hpp"

#include <algorithm>

namespace flexv::platform {

void Interleaver::run_until(Cycles end) {
    while (!is_stopped_) {
        const sc_core::sc_time cluster_next = cluster_.next_act_time();
        const sc_core::sc_time soc_next = soc_.next_act_time();
        if (std::min(cluster_next, soc_next) >= cluster_.time_of(end)) {
            cluster_.timeline.skip_to(end);
            soc_.timeline.skip_to(soc_.cycle_at(cluster_.time_of(end)));
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
    const sc_core::sc_time soc_next = soc_.next_act_time();
    Cycles meeting = end;
    if (soc_next < cluster_.time_of(end))
        meeting = std::min(end, cluster_.cycle_at(soc_next + sc_core::sc_get_time_resolution()));
    soc_ran_last_ = false;
    cluster_.timeline.run_until(meeting, end);
}

/// Up to the next act of the cluster.
void Interleaver::run_soc(Cycles end) {
    const sc_core::sc_time last = cluster_.time_of(end);
    const sc_core::sc_time meeting = std::min(cluster_.next_act_time(), last);
    soc_ran_last_ = soc_has_acted_ = true;
    soc_.timeline.run_until(soc_.cycle_at(meeting), soc_.cycle_at(last));
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
