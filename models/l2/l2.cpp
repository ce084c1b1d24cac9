// SPDX-License-Identifier: Apache-2.0
#include "l2/l2.hpp"

#include "base/cause_extension.hpp"
#include "base/error.hpp"

namespace flexv::l2 {

namespace {
constexpr u64 kSizeStep = 4096;
}

L2::L2(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config)
    : Module(name), config_(config), clock_(clock), memory_(config.size_bytes) {
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

void L2::b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    access(trans, delay, config_.latency_cycles);
}

void L2::fabric_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    access(trans, delay, config_.fabric_latency_cycles);
}

void L2::access(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay, Cycles latency_cycles) {
    trans.set_dmi_allowed(false);
    const tlm::tlm_response_status status = memory_.check(trans);
    trans.set_response_status(status);
    if (status != tlm::TLM_OK_RESPONSE)
        return;
    if (memory_.move(trans))
        withdraw(trans, trans.get_data_length());
    count(trans);
    delay += clock_.duration_of(latency_cycles + Cycles{beats_of(trans)} - 1);
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

unsigned L2::transport_dbg(tlm::tlm_generic_payload& trans) {
    bool has_changed_code = false;
    const unsigned moved = memory_.debug_access(trans, has_changed_code);
    if (has_changed_code)
        withdraw(trans, moved);
    return moved;
}

void L2::withdraw(const tlm::tlm_generic_payload& trans, unsigned length) {
    const Log::Scope about(cause_of(trans), &clock_, clock_.timeline.now());
    const u64 first = trans.get_address();
    bus_in->invalidate_direct_mem_ptr(first, first + length - 1);
}

bool L2::get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi) {
    return memory_.grant_word(trans, dmi, clock_.duration_of(config_.latency_cycles));
}

}  // namespace flexv::l2
