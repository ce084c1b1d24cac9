// SPDX-License-Identifier: Apache-2.0
#include "l2_arbiter/l2_arbiter.hpp"

#include <algorithm>
#include "base/access_time.hpp"

namespace flexv::l2_arbiter {

L2Arbiter::L2Arbiter(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config)
    : Module(name), config_(config), clock_(clock), port_(config.cluster_count) {
    clusters_in.register_b_transport(this, &L2Arbiter::b_transport);
    clusters_in.register_transport_dbg(this, &L2Arbiter::transport_dbg);
    clusters_in.register_get_direct_mem_ptr(this, &L2Arbiter::get_direct_mem_ptr);
    bus_out.register_invalidate_direct_mem_ptr(this, &L2Arbiter::invalidate_direct_mem_ptr);
}

/// An access never lies before the cycle that the timeline has reached.
void L2Arbiter::b_transport(int cluster, tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    if (is_in_memory(trans) && trans.get_command() != tlm::TLM_IGNORE_COMMAND) {
        const Cycles arrival = std::max(clock_.cycle_at(access_time(delay)), clock_.timeline.now());
        const Cycles wait = port_.wait(unsigned(cluster), arrival, beats_of(trans));
        conflicts_ += wait == 0 ? 0 : 1;
        wait_cycles_ += wait;
        delay += clock_.duration_of(wait);
    }
    bus_out->b_transport(trans, delay);
}

Cycles L2Arbiter::beats_of(const tlm::tlm_generic_payload& trans) const {
    const u64 skew = trans.get_address() % config_.bytes_per_cycle;
    return Cycles{(skew + trans.get_data_length() + config_.bytes_per_cycle - 1) /
                  config_.bytes_per_cycle};
}

unsigned L2Arbiter::transport_dbg(int /*cluster*/, tlm::tlm_generic_payload& trans) {
    return bus_out->transport_dbg(trans);
}

bool L2Arbiter::get_direct_mem_ptr(int /*cluster*/, tlm::tlm_generic_payload& trans,
                                   tlm::tlm_dmi& dmi) {
    return bus_out->get_direct_mem_ptr(trans, dmi);
}

void L2Arbiter::invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) {
    for (unsigned cluster = 0; cluster < clusters_in.size(); ++cluster)
        clusters_in[int(cluster)]->invalidate_direct_mem_ptr(start, end);
}

}  // namespace flexv::l2_arbiter
