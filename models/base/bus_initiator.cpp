// SPDX-License-Identifier: Apache-2.0
#include "base/bus_initiator.hpp"

#include "base/error.hpp"

namespace flexv {

Cycles BusInitiator::transport(tlm::tlm_fw_transport_if<>& bus, tlm::tlm_command command,
                               u64 address, unsigned char* data, unsigned bytes, Cycles now,
                               const Cause& cause) {
    late_.taker = nullptr;
    return carry(bus, command, address, data, bytes, now, cause);
}

Cycles BusInitiator::carry(tlm::tlm_fw_transport_if<>& bus, tlm::tlm_command command, u64 address,
                           unsigned char* data, unsigned bytes, Cycles now, const Cause& cause) {
    cause_.cause = cause;
    late_.is_late = false;
    late_.refusal.clear();
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
    const bool is_tick_late = kernel == start + sc_core::sc_time::from_value(1);  // access_time.hpp
    const sc_core::sc_time late = is_tick_late ? kernel - start : sc_core::SC_ZERO_TIME;
    sc_core::sc_time delay = start > kernel ? start - kernel : sc_core::SC_ZERO_TIME;
    bus.b_transport(trans_, delay);
    const sc_core::sc_time end = sc_core::sc_time_stamp() + delay - late;
    FLEXV_ASSERT(end >= start, "a target only adds to the delay");
    return clock_.cycles_in(end - start);
}

Cycles BusInitiator::transport(tlm::tlm_fw_transport_if<>& bus, const DataRequest& request,
                               u64 address, u32& data, Cycles now) {
    data = request.is_write ? request.data : 0;
    return transport(bus, request.is_write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND,
                     address, static_cast<unsigned char*>(static_cast<void*>(&data)), request.bytes,
                     now, request.cause);
}

std::optional<Cycles> BusInitiator::send(tlm::tlm_fw_transport_if<>& bus, tlm::tlm_command command,
                                         u64 address, unsigned char* data, unsigned bytes,
                                         Cycles now, const Cause& cause, ReplyTaker& taker,
                                         u64 ticket) {
    late_.taker = &taker;
    late_.ticket = ticket;
    const Cycles added = carry(bus, command, address, data, bytes, now, cause);
    return late_.is_late ? std::nullopt : std::optional(added);
}

std::optional<Cycles> BusInitiator::send(tlm::tlm_fw_transport_if<>& bus,
                                         const DataRequest& request, u64 address, u32& data,
                                         Cycles now, ReplyTaker& taker, u64 ticket) {
    data = request.is_write ? request.data : 0;
    return send(bus, request.is_write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND, address,
                static_cast<unsigned char*>(static_cast<void*>(&data)), request.bytes, now,
                request.cause, taker, ticket);
}

std::string BusInitiator::refusal_of(const LateReply& reply) {
    if (!reply.refusal.empty())
        return reply.refusal;
    tlm::tlm_generic_payload named;
    named.set_response_status(reply.status);
    return named.get_response_string();
}

}  // namespace flexv
