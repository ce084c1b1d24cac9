// SPDX-License-Identifier: Apache-2.0
// Where the ports of several clusters meet on their way into the SoC: at L2 one waits for the
// other, everything else passes. Exists only on chips with more than one cluster.
#pragma once

#include "base/clock_domain.hpp"
#include "base/module.hpp"
#include "l2_arbiter/shared_beats.hpp"

#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <tlm>

namespace flexv::l2_arbiter {

class L2Arbiter final : public Module {
public:
    struct Config {
        unsigned cluster_count = 2;
        u64 memory_base = 0x1c00'0000;
        u64 memory_bytes = 0x190000;
        unsigned bytes_per_cycle = 8;  ///< of L2's port: how long an access has it
    };

    /// One for each cluster, bound in the order of their numbers.
    tlm_utils::multi_passthrough_target_socket<L2Arbiter> clusters_in{"clusters_in"};
    tlm_utils::simple_initiator_socket<L2Arbiter> bus_out{"bus_out"};  ///< the same addresses

    /// `clock` is the SoC's.
    L2Arbiter(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);

    void reset() override { port_.reset(); }
    void serialize(StateArchive& archive) override { archive(port_); }

private:
    void b_transport(int cluster, tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    unsigned transport_dbg(int cluster, tlm::tlm_generic_payload& trans);
    bool get_direct_mem_ptr(int cluster, tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi);
    void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end);
    [[nodiscard]] bool is_in_memory(const tlm::tlm_generic_payload& trans) const {
        return trans.get_address() - config_.memory_base < config_.memory_bytes;
    }
    [[nodiscard]] Cycles beats_of(const tlm::tlm_generic_payload& trans) const;

    const Config config_;
    const ClockDomain& clock_;
    SharedBeats port_;
    Counter conflicts_{*this, "conflicts", "accesses to L2 that waited for another cluster"};
    Counter wait_cycles_{*this, "wait_cycles", "cycles that they waited, SoC clock"};
};

}  // namespace flexv::l2_arbiter
