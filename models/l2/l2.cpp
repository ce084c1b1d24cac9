// SPDX-License-Identifier: Apache-2.0
#include "l2/l2.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cstring>

namespace flexv::l2 {

namespace {
constexpr u64 kSizeStep = 4096;
}

L2::L2(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config)
    : Module(name),
      config_(config),
      clock_(clock),
      bytes_(config.size_bytes),
      code_words_(config.size_bytes) {
    if (config.size_bytes == 0 || config.size_bytes % kSizeStep != 0)
        throw UserError("{}: size_bytes = 0x{:x}: must be a multiple of 4096 and not 0",
                        this->name(), config.size_bytes);
    if (config.bytes_per_cycle == 0)
        throw UserError("{}: bytes_per_cycle = 0: must be at least 1", this->name());
    bus_in.register_b_transport(this, &L2::b_transport);
    bus_in.register_transport_dbg(this, &L2::transport_dbg);
    bus_in.register_get_direct_mem_ptr(this, &L2::get_direct_mem_ptr);
    fabric_in.register_b_transport(this, &L2::fabric_transport);
    fabric_in.register_transport_dbg(this, &L2::transport_dbg);
}

/// The bus has neither byte enables nor wrapping bursts, so a payload with them is refused.
tlm::tlm_response_status L2::check(const tlm::tlm_generic_payload& trans) const {
    const u64 length = trans.get_data_length();
    if (trans.get_byte_enable_ptr() != nullptr)
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    if (length == 0 || trans.get_streaming_width() < length)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    if (length > config_.size_bytes || trans.get_address() > config_.size_bytes - length)
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    return tlm::TLM_OK_RESPONSE;
}

void L2::b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    access(trans, delay, config_.latency_cycles);
}

void L2::fabric_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    access(trans, delay, config_.fabric_latency_cycles);
}

void L2::access(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay, unsigned latency_cycles) {
    trans.set_dmi_allowed(false);
    const tlm::tlm_response_status status = check(trans);
    trans.set_response_status(status);
    if (status != tlm::TLM_OK_RESPONSE)
        return;
    move(trans, trans.get_data_length());
    count(trans);
    delay += clock_.duration_of(latency_cycles + beats_of(trans) - 1);
}

u64 L2::beats_of(const tlm::tlm_generic_payload& trans) const {
    const u64 skew = trans.get_address() % config_.bytes_per_cycle;
    return (skew + trans.get_data_length() + config_.bytes_per_cycle - 1) / config_.bytes_per_cycle;
}

void L2::count(const tlm::tlm_generic_payload& trans) {
    if (trans.is_read()) {
        ++reads_;
        bytes_read_ += trans.get_data_length();
    } else if (trans.is_write()) {
        ++writes_;
        bytes_written_ += trans.get_data_length();
    }
}

/// Moves as much as lies in the memory.
unsigned L2::transport_dbg(tlm::tlm_generic_payload& trans) {
    const u64 offset = trans.get_address();
    if (trans.get_byte_enable_ptr() != nullptr || offset >= config_.size_bytes) {
        trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return 0;
    }
    const unsigned length =
        unsigned(std::min<u64>(trans.get_data_length(), config_.size_bytes - offset));
    move(trans, length);
    trans.set_response_status(tlm::TLM_OK_RESPONSE);
    return length;
}

void L2::move(tlm::tlm_generic_payload& trans, unsigned length) {
    unsigned char* const memory = bytes_.data() + trans.get_address();
    if (length == 0)
        return;
    if (trans.is_read()) {
        std::memcpy(trans.get_data_ptr(), memory, length);
    } else if (trans.is_write()) {
        std::memcpy(memory, trans.get_data_ptr(), length);
        const u64 first = trans.get_address();
        if (code_words_.remove(first, length))
            bus_in->invalidate_direct_mem_ptr(first, first + length - 1);
    }
}

/// Read-only and a word at a time, for whoever decodes instructions: data accesses keep their
/// timing and their counters, and a write withdraws what it has changed and nothing else.
bool L2::get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi) {
    const u64 word = trans.get_address() / CodeWords::kBytes * CodeWords::kBytes;
    if (!trans.is_read() || word >= config_.size_bytes)
        return false;
    code_words_.add(word);
    dmi.allow_read();
    dmi.set_start_address(word);
    dmi.set_end_address(word + CodeWords::kBytes - 1);
    dmi.set_dmi_ptr(bytes_.data() + word);
    dmi.set_read_latency(clock_.duration_of(config_.latency_cycles));
    return true;
}

}  // namespace flexv::l2
