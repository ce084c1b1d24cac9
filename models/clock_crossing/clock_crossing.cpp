// SPDX-License-Identifier: Apache-2.0
#include "clock_crossing/clock_crossing.hpp"

namespace flexv::clock_crossing {

ClockCrossing::ClockCrossing(const sc_core::sc_module_name& name, ClockDomain& from,
                             ClockDomain& to)
    : Module(name), from_(from), to_(to) {
    bus_in.register_b_transport(this, &ClockCrossing::b_transport);
    bus_in.register_transport_dbg(this, &ClockCrossing::transport_dbg);
    bus_in.register_get_direct_mem_ptr(this, &ClockCrossing::get_direct_mem_ptr);
    bus_out.register_invalidate_direct_mem_ptr(this, &ClockCrossing::invalidate_direct_mem_ptr);
}

void ClockCrossing::b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    const Meeting meeting(from_, to_);
    if (is_cut_out())
        trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    else
        bus_out->b_transport(trans, delay);
}

unsigned ClockCrossing::transport_dbg(tlm::tlm_generic_payload& trans) {
    return bus_out->transport_dbg(trans);
}

bool ClockCrossing::get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi) {
    return bus_out->get_direct_mem_ptr(trans, dmi);
}

void ClockCrossing::invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) {
    bus_in->invalidate_direct_mem_ptr(start, end);
}

}  // namespace flexv::clock_crossing
