// SPDX-License-Identifier: Apache-2.0
#include "dma/external_side.hpp"

#include "base/bus_errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flexv::dma {

namespace {

std::string describe(const OpenBurst& burst, const tlm::tlm_generic_payload& trans) {
    return fmt::format(
        "transfer {}: {} of {} bytes at external 0x{:08x} ({} TCDM 0x{:08x}) failed: {}", burst.id,
        burst.is_receive ? "read" : "write", trans.get_data_length(), trans.get_address(),
        burst.is_receive ? "to" : "from", burst.burst.tcdm, trans.get_response_string());
}

void fill_with_error(u8* data, u64 address, u32 bytes) {
    for (u32 i = 0; i < bytes; ++i)
        data[i] = error_byte(kSocErrorWord, address + i);
}

}  // namespace

ExternalAnswer access_external(BusInitiator& bus, tlm::tlm_fw_transport_if<>& target,
                               OpenBurst& open, u32 target_bytes, Cycles now, const Cause& cause) {
    const Burst& burst = open.burst;
    const auto command = open.is_receive ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND;
    ExternalAnswer answer;
    for (u32 done = 0; done < burst.bytes;) {
        const u32 bytes = burst.increments ? burst.bytes : burst.beat_bytes(done);
        const Cycles delay = bus.transport(target, command, burst.beat_address(done),
                                           open.data.data() + done, bytes, now, cause);
        if (done == 0)
            answer.latency_cycles = delay;
        if (!bus.payload().is_response_ok()) {
            if (open.is_receive)
                fill_with_error(open.data.data() + done, burst.beat_address(done), bytes);
            if (answer.fault.empty())
                answer.fault = describe(open, bus.payload());
        }
        done += bytes;
    }
    if (burst.increments)
        answer.latency_cycles -= std::min<Cycles>(
            answer.latency_cycles, words_touched(burst.external, burst.bytes, target_bytes) - 1);
    return answer;
}

}  // namespace flexv::dma
