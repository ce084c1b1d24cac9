// SPDX-License-Identifier: Apache-2.0
// How a burst becomes TLM-2.0 transactions, and how their annotated delay becomes the latency of
// the burst.
#pragma once

#include "base/bus_initiator.hpp"
#include "dma/burst.hpp"

#include <string>
#include <tlm>

namespace flexv::dma {

struct ExternalAnswer {
    Cycles latency_cycles = 0;  ///< address to first data, or last data to response
    std::string fault = {};     ///< empty when the target took the burst
};

/// Moves the data of a burst at once, as of cycle `now`. One transaction; at a fixed address one a
/// beat. A target's delay is the time to the last of its words of `target_bytes`, so one cycle less
/// than it has of them is not latency. Where nothing answers, an error slave's words are read.
/// \param cause who has given the command
ExternalAnswer access_external(BusInitiator& bus, tlm::tlm_fw_transport_if<>& target,
                               OpenBurst& burst, u32 target_bytes, Cycles now, const Cause& cause);

}  // namespace flexv::dma
