// SPDX-License-Identifier: Apache-2.0
#include "platform/cosim/entrance.hpp"

#include <algorithm>
#include <utility>

namespace flexv::platform::cosim {

namespace {

bool is_enabled(const tlm::tlm_generic_payload& trans, unsigned position) {
    const unsigned char* const enables = trans.get_byte_enable_ptr();
    return enables == nullptr ||
           enables[position % trans.get_byte_enable_length()] == TLM_BYTE_ENABLED;
}

/// Does not leave the beat that `position` lies in; aligned, so that a register takes it.
unsigned aligned_run(const tlm::tlm_generic_payload& trans, unsigned position, unsigned width,
                     unsigned most) {
    const u64 address = trans.get_address() + position % width;
    const unsigned room = std::min(width - position % width, trans.get_data_length() - position);
    unsigned bytes = most;
    while (bytes > 1 && (bytes > room || address % bytes != 0))
        bytes /= 2;
    for (unsigned i = 0; i < bytes; ++i)
        if (!is_enabled(trans, position + i))
            return i == 0 ? 0 : aligned_run(trans, position, width, bytes / 2);
    return bytes;
}

}  // namespace

tlm::tlm_response_status shape_of(const tlm::tlm_generic_payload& trans) {
    if (trans.get_command() == tlm::TLM_IGNORE_COMMAND)
        return tlm::TLM_OK_RESPONSE;
    if (trans.get_data_ptr() == nullptr || trans.get_data_length() == 0)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    if (trans.get_streaming_width() == 0)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    if (trans.get_byte_enable_ptr() != nullptr && trans.get_byte_enable_length() == 0)
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    return tlm::TLM_OK_RESPONSE;
}

std::vector<Piece> pieces_of(const tlm::tlm_generic_payload& trans, unsigned most) {
    const unsigned length = trans.get_data_length();
    const unsigned width = std::min(trans.get_streaming_width(), length);
    if (trans.get_byte_enable_ptr() == nullptr && width == length)
        return {{.address = trans.get_address(), .position = 0, .bytes = length}};
    std::vector<Piece> pieces;
    for (unsigned position = 0; position < length;) {
        const unsigned bytes = aligned_run(trans, position, width, most);
        if (bytes != 0)
            pieces.push_back({.address = trans.get_address() + position % width,
                              .position = position,
                              .bytes = bytes});
        position += std::max(bytes, 1U);
    }
    return pieces;
}

Entrance::Entrance(const sc_core::sc_module_name& name, Traffic& traffic,
                   std::function<Place(u64 address)> place_of)
    : Module(name), traffic_(traffic), place_of_(std::move(place_of)) {
    bus_in.register_b_transport(this, &Entrance::b_transport);
    bus_in.register_transport_dbg(this, &Entrance::transport_dbg);
    bus_in.register_get_direct_mem_ptr(this, &Entrance::get_direct_mem_ptr);
    out.register_invalidate_direct_mem_ptr(this, &Entrance::invalidate_direct_mem_ptr);
}

/// An initiator that runs ahead of the kernel waits here for its own time, so that its accesses
/// meet those of the platform in their order.
void Entrance::b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    trans.set_dmi_allowed(false);
    const tlm::tlm_response_status shape = shape_of(trans);
    if (shape != tlm::TLM_OK_RESPONSE)
        return trans.set_response_status(shape);
    if (answers_ignored(trans))
        return;
    ++accesses_;
    bytes_ += trans.get_data_length();
    const bool can_wait =
        sc_core::sc_get_current_process_handle().proc_kind() != sc_core::SC_METHOD_PROC_;
    if (can_wait && delay > sc_core::SC_ZERO_TIME) {
        sc_core::wait(delay);
        delay = sc_core::SC_ZERO_TIME;
    }
    traffic_.arrive(sc_core::sc_time_stamp() + delay);
    access(trans, delay);
    traffic_.disturbed();
}

/// The command may be one of an extension, which only a target behind a window can know.
bool Entrance::answers_ignored(tlm::tlm_generic_payload& trans) const {
    if (trans.get_command() != tlm::TLM_IGNORE_COMMAND)
        return false;
    const Place place = place_of_(trans.get_address());
    if (place == Place::window)
        return false;
    trans.set_response_status(place == Place::inside ? tlm::TLM_OK_RESPONSE
                                                     : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return true;
}

void Entrance::access(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    const bool is_plain = (trans.get_byte_enable_ptr() == nullptr &&
                           trans.get_streaming_width() >= trans.get_data_length()) ||
                          trans.get_command() == tlm::TLM_IGNORE_COMMAND;
    if (is_plain)
        out->b_transport(trans, delay);
    else
        access_pieces(trans, delay);
}

/// One after the other, up to the first that is refused.
void Entrance::access_pieces(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    tlm::tlm_generic_payload part;
    part.deep_copy_from(trans);  // its extensions; there is no data yet to copy to
    part.set_byte_enable_length(0);
    trans.set_response_status(tlm::TLM_OK_RESPONSE);  // nothing is enabled
    for (const Piece& piece : pieces_of(trans)) {
        part.set_command(trans.get_command());
        part.set_address(piece.address);
        part.set_data_ptr(trans.get_data_ptr() + piece.position);
        part.set_data_length(piece.bytes);
        part.set_streaming_width(piece.bytes);
        part.set_dmi_allowed(false);
        part.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        out->b_transport(part, delay);
        trans.set_response_status(part.get_response_status());
        if (part.is_response_error())
            break;
    }
    trans.update_extensions_from(part);
    part.free_all_extensions();
}

/// TLM-2.0: a debug access has no byte enables and no streaming width.
unsigned Entrance::transport_dbg(tlm::tlm_generic_payload& trans) {
    unsigned char* const enables = trans.get_byte_enable_ptr();
    trans.set_byte_enable_ptr(nullptr);
    const unsigned moved = out->transport_dbg(trans);
    trans.set_byte_enable_ptr(enables);
    return moved;
}

bool Entrance::get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi) {
    return out->get_direct_mem_ptr(trans, dmi);
}

void Entrance::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
    bus_in->invalidate_direct_mem_ptr(first, last);
}

}  // namespace flexv::platform::cosim
