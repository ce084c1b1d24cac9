// SPDX-License-Identifier: Apache-2.0
#include "base/bus_target.hpp"

#include "base/access_time.hpp"
#include "base/cause_extension.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace flexv {

BusTarget::BusTarget(Module& module, const std::string& name, u32 size_bytes, Cycles latency_cycles,
                     const ClockDomain* clock)
    : log_(std::string(module.name()) + "." + name),
      name_(std::string(module.name()) + "." + name),
      size_bytes_(size_bytes),
      latency_cycles_(latency_cycles),
      clock_(clock) {
    FLEXV_ASSERT(size_bytes > 0 && size_bytes % 4 == 0, "a block is a whole number of words");
}

void BusTarget::serve(Socket& bus_in, Export& data_in) {
    serve(bus_in);
    data_in.bind(*this);
}

void BusTarget::serve(Socket& bus_in) {
    bus_in.register_b_transport(this, &BusTarget::b_transport);
    bus_in.register_transport_dbg(this, &BusTarget::transport_dbg);
}

tlm::tlm_response_status BusTarget::check(const tlm::tlm_generic_payload& trans) const {
    const unsigned length = trans.get_data_length();
    if (trans.get_byte_enable_ptr() != nullptr)
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    if (length != 1 && length != 2 && length != 4)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    if (trans.get_streaming_width() < length)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    if (trans.get_address() % length != 0 || trans.get_address() > size_bytes_ - length)
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    return tlm::TLM_OK_RESPONSE;
}

void BusTarget::b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    trans.set_dmi_allowed(false);
    const tlm::tlm_response_status shape = check(trans);
    trans.set_response_status(shape);
    const Cycles now = cycle_of(access_time(delay));
    if (shape != tlm::TLM_OK_RESPONSE) {
        const Log::Scope scope(cause_of(trans), clock_, now);
        log_.warn(
            "{} of {} bytes at offset 0x{:x} refused: {}; expected 1, 2 or 4 aligned bytes below "
            "0x{:x}",
            trans.is_write() ? "write" : "read", trans.get_data_length(), trans.get_address(),
            trans.get_response_string(), size_bytes_);
        return;
    }
    if (trans.get_command() == tlm::TLM_IGNORE_COMMAND)
        return;

    BusAccess access{.offset = u32(trans.get_address()),
                     .bytes = trans.get_data_length(),
                     .is_write = trans.is_write()};
    if (access.is_write)
        std::memcpy(&access.data, trans.get_data_ptr(), access.bytes);
    const BusAnswer answer = perform_at(access, kExternal, now, cause_of(trans));
    if (answer.is_refused()) {
        const Log::Scope scope(cause_of(trans), clock_, now);
        log_.warn("{}", answer.refusal);
        trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    if (!access.is_write)
        std::memcpy(trans.get_data_ptr(), &answer.data, access.bytes);
    if (clock_ != nullptr)
        delay += clock_->duration_of(latency_cycles_);
}

unsigned BusTarget::transport_dbg(tlm::tlm_generic_payload& trans) {
    const bool is_plain = trans.get_byte_enable_ptr() == nullptr;
    unsigned done = 0;
    while (is_plain && done < trans.get_data_length()) {
        const unsigned moved = debug_access_word(trans, done);
        if (moved == 0)
            break;
        done += moved;
    }
    trans.set_response_status(done > 0 ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return done;
}

/// Moves what the payload wants of one word, from its byte `done` on; the bytes moved, 0 past the
/// end.
unsigned BusTarget::debug_access_word(tlm::tlm_generic_payload& trans, unsigned done) {
    const u64 address = trans.get_address() + done;
    if (address >= size_bytes_ || trans.get_command() == tlm::TLM_IGNORE_COMMAND)
        return 0;
    const unsigned room = 4 - unsigned(address % 4);
    BusAccess access{.offset = u32(address),
                     .bytes = std::min(room, trans.get_data_length() - done),
                     .is_write = trans.is_write(),
                     .is_debug = true};
    unsigned char* const data = trans.get_data_ptr() + done;
    if (access.is_write)
        std::memcpy(&access.data, data, access.bytes);
    const BusAnswer answer = perform_at(access, kExternal, now(), {});
    if (answer.is_refused())
        return 0;
    if (!access.is_write)
        std::memcpy(data, &answer.data, access.bytes);
    return access.bytes;
}

void BusTarget::request(DataInitiator& initiator, const DataRequest& request, Cycles now) {
    const BusAccess access{.offset = request.address & (std::bit_ceil(size_bytes_) - 1),
                           .data = request.data,
                           .bytes = request.bytes,
                           .is_write = request.is_write};
    FLEXV_ASSERT(access.offset % 4 + access.bytes <= 4, "a data request stays within a word");
    const BusAnswer answer = perform_at(access, initiator.port(), now, request.cause);
    if (answer.is_refused())
        initiator.refused(now, name_ + ": " + answer.refusal);
    else
        initiator.granted(now, answer.data);
}

std::string BusTarget::waits_for(const DataInitiator& initiator) const {
    return fmt::format("{}: nothing, core {} is answered at once", name_, initiator.port());
}

BusAnswer BusTarget::perform_at(const BusAccess& access, unsigned initiator, Cycles now,
                                const Cause& cause) {
    struct Scope {
        BusTarget& target;
        ~Scope() {
            target.access_cycle_.reset();
            target.initiator_port_ = kExternal;
        }
    };
    const Scope scope{*this};
    const Log::Scope about(cause, clock_, now);
    access_cycle_ = now;
    initiator_port_ = initiator;
    return perform(access);
}

Cycles BusTarget::cycle_of(const sc_core::sc_time& time) const {
    if (clock_ == nullptr)
        return 0;
    return std::max(clock_->cycle_at(time), clock_->timeline.now());
}

Cycles BusTarget::now() const {
    return access_cycle_ ? *access_cycle_ : cycle_of(access_time(sc_core::SC_ZERO_TIME));
}

}  // namespace flexv
