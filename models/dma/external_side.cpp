// SPDX-License-Identifier: Apache-2.0
#include "dma/external_side.hpp"

#include "base/bus_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace flexv::dma {

namespace {

std::string describe(const OpenBurst& burst, u32 position, u32 bytes, const std::string& why) {
    return fmt::format(
        "transfer {}: {} of {} bytes at external 0x{:08x} ({} TCDM 0x{:08x}) failed: {}", burst.id,
        burst.is_receive ? "read" : "write", bytes, burst.burst.beat_address(position),
        burst.is_receive ? "to" : "from", burst.burst.tcdm, why);
}

/// What becomes of a transaction that was refused.
void fail(OpenBurst& burst, u32 position, u32 bytes, const std::string& why,
          ExternalAnswer& answer) {
    if (burst.is_receive)
        for (u32 i = 0; i < bytes; ++i)
            burst.data[position + i] =
                error_byte(kSocErrorWord, burst.burst.beat_address(position) + i);
    if (!answer.fault.empty())
        return;
    answer.fault = describe(burst, position, bytes, why);
    answer.fault_at = burst.burst.beat_address(position);
}

}  // namespace

std::optional<ExternalAnswer> ExternalSide::access(tlm::tlm_fw_transport_if<>& target,
                                                   OpenBurst& open, u32 target_bytes, Cycles now,
                                                   const Cause& cause) {
    const Burst& burst = open.burst;
    const auto command = open.is_receive ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND;
    ExternalAnswer answer;
    bool is_late = false;
    for (u32 done = 0; done < burst.bytes;) {
        const u32 bytes = burst.increments ? burst.bytes : burst.beat_bytes(done);
        const auto delay = bus_.send(target, command, burst.beat_address(done),
                                     open.data.data() + done, bytes, now, cause, *this, ++tickets_);
        if (!delay) {
            is_late = true;
            open_[tickets_] = {.burst = &open, .position = done, .bytes = bytes, .sent = now};
        } else if (done == 0) {
            answer.latency_cycles = *delay;
        }
        if (delay && !bus_.payload().is_response_ok())
            fail(open, done, bytes, bus_.refusal(), answer);
        done += bytes;
    }
    if (is_late) {
        late_[&open] = answer;
        return std::nullopt;
    }
    if (burst.increments)
        answer.latency_cycles -=
            std::min(answer.latency_cycles,
                     Cycles{words_touched(burst.external, burst.bytes, target_bytes) - 1});
    return answer;
}

void ExternalSide::replied(u64 ticket, const LateReply& reply) {
    const auto found = open_.find(ticket);
    if (found == open_.end())
        return;  // was reset
    const Open done = found->second;
    open_.erase(found);
    ExternalAnswer& answer = late_[done.burst];
    const Cycles answered = std::max(clock_.cycle_at(reply.time), done.sent);
    answer.latency_cycles = std::max(answer.latency_cycles, answered - done.sent);
    if (reply.status != tlm::TLM_OK_RESPONSE)
        fail(*done.burst, done.position, done.bytes, BusInitiator::refusal_of(reply), answer);
    else if (done.burst->is_receive)
        std::memcpy(done.burst->data.data() + done.position, reply.data.data(), done.bytes);
    if (std::ranges::any_of(open_,
                            [&](const auto& other) { return other.second.burst == done.burst; }))
        return;
    const ExternalAnswer whole = late_.extract(done.burst).mapped();
    take_answer_(*done.burst, whole, done.sent);
}

}  // namespace flexv::dma
