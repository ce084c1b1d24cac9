// SPDX-License-Identifier: Apache-2.0
#include "base/bus_initiator.hpp"

namespace flexv {

Cycles BusInitiator::transport(tlm::tlm_fw_transport_if<>& bus, tlm::tlm_command command,
                               u64 address, unsigned char* data, unsigned bytes, Cycles now) {
    trans_.set_command(command);
    trans_.set_address(address);
    trans_.set_data_ptr(data);
    trans_.set_data_length(bytes);
    trans_.set_streaming_width(bytes);
    trans_.set_byte_enable_ptr(nullptr);
    trans_.set_dmi_allowed(false);
    trans_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    const sc_core::sc_time start = clock_.time_of(now);
    const sc_core::sc_time kernel = sc_core::sc_time_stamp();
    sc_core::sc_time delay = start > kernel ? start - kernel : sc_core::SC_ZERO_TIME;
    bus.b_transport(trans_, delay);
    const sc_core::sc_time end = sc_core::sc_time_stamp() + delay;
    return end > start ? clock_.cycles_in(end - start) : 0;
}

}  // namespace flexv
