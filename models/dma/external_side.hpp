// SPDX-License-Identifier: Apache-2.0
// How a burst becomes TLM-2.0 transactions, and how their annotated delay becomes the latency of
// the burst; or the answer of a device outside of the platform, which may come later.
#pragma once

#include "base/bus_initiator.hpp"
#include "base/state_archive.hpp"
#include "dma/burst.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tlm>
#include <utility>

namespace flexv::dma {

struct ExternalAnswer {
    Cycles latency_cycles = 0;  ///< address to first data, or last data to response
    std::string fault = {};     ///< empty when the target took the burst
    Address fault_at = 0;       ///< external
};

class ExternalSide final : private ReplyTaker {
public:
    /// All of a burst has been answered; the whole delay of the device is latency.
    using TakeAnswer =
        std::function<void(OpenBurst& burst, const ExternalAnswer& answer, Cycles sent)>;

    /// \param take_answer is called where a target answers later
    ExternalSide(const ClockDomain& clock, TakeAnswer take_answer)
        : clock_(clock), take_answer_(std::move(take_answer)) {}

    /// Moves the data of a burst at once, as of cycle `now`. One transaction; at a fixed address
    /// one per beat. A target's delay is the time to the last of its words of `target_bytes`, so
    /// one cycle less than it has of them is not latency. Where nothing answers, an error slave's
    /// words are read. \param cause who has given the command \returns nothing when the target
    /// answers later: then take_answer() is called
    std::optional<ExternalAnswer> access(tlm::tlm_fw_transport_if<>& target, OpenBurst& burst,
                                         u32 target_bytes, Cycles now, const Cause& cause);
    /// Answers that are still to come are nobody's any more.
    void reset() {
        open_.clear();
        late_.clear();
    }

    /// While no answer is to come.
    void serialize(StateArchive& archive) { archive(tickets_); }

private:
    /// A transaction that is outside.
    struct Open {
        OpenBurst* burst = nullptr;
        u32 position = 0;  ///< its first byte in the burst
        u32 bytes = 0;
        Cycles sent = 0;
    };

    void replied(u64 ticket, const LateReply& reply) override;

    const ClockDomain& clock_;
    const TakeAnswer take_answer_;
    BusInitiator bus_{clock_};
    std::map<u64, Open> open_;                   // [ticket]
    std::map<OpenBurst*, ExternalAnswer> late_;  // of bursts with open transactions
    u64 tickets_ = 0;                            // that were given out
};

}  // namespace flexv::dma
