// SPDX-License-Identifier: Apache-2.0
#include "external_memory/external_memory.hpp"

#include "base/access_time.hpp"
#include "base/cause_extension.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <cmath>

namespace flexv::external_memory {

namespace {

constexpr u64 kSizeStep = 4096;

SharedPort::Config port_config(const std::string& name, const ExternalMemory::Config& config) {
    constexpr double kMilli = 1000;
    if (!(config.bytes_per_cycle * kMilli >= 1))
        throw UserError("{}: bytes_per_cycle = {}: must be at least 0.001", name,
                        config.bytes_per_cycle);
    if (config.burst_bytes == 0)
        throw UserError("{}: burst_bytes = 0: must be at least 1", name);
    return {.millibytes_per_cycle = u64(std::llround(config.bytes_per_cycle * kMilli)),
            .latency_cycles = config.latency_cycles,
            .burst_bytes = config.burst_bytes};
}

u64 checked_size(const std::string& name, u64 size_bytes) {
    if (size_bytes == 0 || size_bytes % kSizeStep != 0)
        throw UserError("{}: size_bytes = 0x{:x}: must be a multiple of 4096 and not 0", name,
                        size_bytes);
    return size_bytes;
}

}  // namespace

ExternalMemory::ExternalMemory(const sc_core::sc_module_name& name, ClockDomain& clock,
                               const Config& config)
    : Module(name),
      clock_(clock),
      port_(port_config(this->name(), config)),
      latency_cycles_(config.latency_cycles),
      memory_(checked_size(this->name(), config.size_bytes)) {
    bus_in.register_b_transport(this, &ExternalMemory::b_transport);
    bus_in.register_transport_dbg(this, &ExternalMemory::transport_dbg);
    bus_in.register_get_direct_mem_ptr(this, &ExternalMemory::get_direct_mem_ptr);
}

void ExternalMemory::b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    trans.set_dmi_allowed(false);
    const tlm::tlm_response_status status = memory_.check(trans);
    trans.set_response_status(status);
    if (status != tlm::TLM_OK_RESPONSE || trans.get_command() == tlm::TLM_IGNORE_COMMAND)
        return;
    if (memory_.move(trans))
        withdraw(trans, trans.get_data_length());
    count(trans);
    const Cycles now = cycle_of(access_time(delay));
    delay += clock_.duration_of(port_.access(now, {.address = trans.get_address(),
                                                   .bytes = trans.get_data_length(),
                                                   .is_write = trans.is_write()}));
}

/// An access never lies before the cycle that the timeline has reached.
Cycles ExternalMemory::cycle_of(const sc_core::sc_time& time) const {
    return std::max(clock_.cycle_at(time), clock_.timeline.now());
}

void ExternalMemory::count(const tlm::tlm_generic_payload& trans) {
    (trans.is_read() ? reads_ : writes_) += 1;
    (trans.is_read() ? bytes_read_ : bytes_written_) += trans.get_data_length();
}

unsigned ExternalMemory::transport_dbg(tlm::tlm_generic_payload& trans) {
    bool has_changed_code = false;
    const unsigned moved = memory_.debug_access(trans, has_changed_code);
    if (has_changed_code)
        withdraw(trans, moved);
    return moved;
}

void ExternalMemory::withdraw(const tlm::tlm_generic_payload& trans, unsigned length) {
    const Log::Scope about(cause_of(trans), &clock_, clock_.timeline.now());
    const u64 first = trans.get_address();
    bus_in->invalidate_direct_mem_ptr(first, first + length - 1);
}

bool ExternalMemory::get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi) {
    return memory_.grant_word(trans, dmi, clock_.duration_of(latency_cycles_));
}

}  // namespace flexv::external_memory
