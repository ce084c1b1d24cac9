// SPDX-License-Identifier: Apache-2.0
// The FIFOs between the buses of two clock domains. A transaction passes unchanged; what it finds
// and what it sets off is in order with the other domain's time.
#pragma once

#include "base/call_port.hpp"
#include "base/clock_domain.hpp"
#include "base/module.hpp"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <tlm>

namespace flexv::clock_crossing {

class ClockCrossing final : public Module {
public:
    tlm_utils::simple_target_socket<ClockCrossing> bus_in{"bus_in"};
    tlm_utils::simple_initiator_socket<ClockCrossing> bus_out{"bus_out"};

    /// `from` is the domain of the initiators, `to` that of the targets.
    ClockCrossing(const sc_core::sc_module_name& name, ClockDomain& from, ClockDomain& to);

    /// Asks whether the far side takes transactions; else they are refused. Unbound: always.
    CallPort<bool()> is_cut_out{"is_cut_out"};

private:
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& trans);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi);
    void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end);

    ClockDomain& from_;
    ClockDomain& to_;
};

}  // namespace flexv::clock_crossing
