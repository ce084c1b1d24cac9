// SPDX-License-Identifier: Apache-2.0
#include "dma/external_side.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace flexv::dma {

namespace {

/// Cycles that the target adds to cycle `now`. The kernel's time may lag behind the timeline,
/// because the cluster runs ahead within its quantum; a target that waits moves it.
Cycles transport(tlm::tlm_fw_transport_if<>& bus, const ClockDomain& clock,
                 tlm::tlm_generic_payload& trans, Cycles now) {
    const sc_core::sc_time start = clock.time_of(now);
    const sc_core::sc_time kernel = sc_core::sc_time_stamp();
    sc_core::sc_time delay = start > kernel ? start - kernel : sc_core::SC_ZERO_TIME;
    bus.b_transport(trans, delay);
    const sc_core::sc_time end = sc_core::sc_time_stamp() + delay;
    return end > start ? clock.cycles_in(end - start) : 0;
}

std::string describe(const OpenBurst& burst, const tlm::tlm_generic_payload& trans) {
    return fmt::format(
        "transfer {}: {} of {} bytes at external 0x{:08x} ({} TCDM 0x{:08x}) failed: {}", burst.id,
        burst.is_receive ? "read" : "write", trans.get_data_length(), trans.get_address(),
        burst.is_receive ? "to" : "from", burst.burst.tcdm, trans.get_response_string());
}

}  // namespace

ExternalAnswer access_external(tlm::tlm_fw_transport_if<>& bus, const ClockDomain& clock,
                               OpenBurst& open, Cycles now) {
    const Burst& burst = open.burst;
    ExternalAnswer answer;
    tlm::tlm_generic_payload trans;
    trans.set_command(open.is_receive ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND);
    for (u32 done = 0; done < burst.bytes;) {
        const u32 bytes = burst.increments ? burst.bytes : burst.beat_bytes(done);
        trans.set_address(burst.external);
        trans.set_data_ptr(open.data.data() + done);
        trans.set_data_length(bytes);
        trans.set_streaming_width(bytes);
        trans.set_dmi_allowed(false);
        trans.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        const Cycles delay = transport(bus, clock, trans, now);
        if (done == 0)
            answer.latency_cycles = delay;
        if (!trans.is_response_ok()) {
            if (open.is_receive)
                std::memset(open.data.data() + done, 0, bytes);
            if (answer.fault.empty())
                answer.fault = describe(open, trans);
        }
        done += bytes;
    }
    if (burst.increments)
        answer.latency_cycles -= std::min<Cycles>(answer.latency_cycles, burst.beats() - 1);
    return answer;
}

}  // namespace flexv::dma
