// SPDX-License-Identifier: Apache-2.0
// The initiator side of a TLM-2.0 blocking transport that leaves a clock domain: cycles become an
// annotated delay, and the delay that comes back becomes cycles.
#pragma once

#include "base/cause_extension.hpp"
#include "base/clock_domain.hpp"
#include "base/data_port.hpp"
#include "base/late_reply.hpp"

#include <optional>
#include <string>
#include <tlm>

namespace flexv {

class BusInitiator {
public:
    explicit BusInitiator(const ClockDomain& clock) : clock_(clock) {
        trans_.set_extension(&cause_);
        trans_.set_extension(&late_);
    }
    ~BusInitiator() {
        trans_.clear_extension(&cause_);
        trans_.clear_extension(&late_);
    }
    BusInitiator(const BusInitiator&) = delete;
    BusInitiator& operator=(const BusInitiator&) = delete;

    /// Moves `bytes` bytes at `data` as of cycle `now`. The kernel's time may lag behind the
    /// timeline, because a domain runs ahead within its quantum; a target that waits moves it.
    /// \param cause who is behind it; the payload carries it along
    /// \returns the cycles that the target adds; payload() tells whether it took the access
    Cycles transport(tlm::tlm_fw_transport_if<>& bus, tlm::tlm_command command, u64 address,
                     unsigned char* data, unsigned bytes, Cycles now, const Cause& cause = {});
    /// The same for one load or store of a core at `address`, which may differ from the request's.
    /// \param data receives what is loaded
    Cycles transport(tlm::tlm_fw_transport_if<>& bus, const DataRequest& request, u64 address,
                     u32& data, Cycles now);

    /// The same for an initiator that can wait: nothing when the target answers later, to `taker`.
    std::optional<Cycles> send(tlm::tlm_fw_transport_if<>& bus, tlm::tlm_command command,
                               u64 address, unsigned char* data, unsigned bytes, Cycles now,
                               const Cause& cause, ReplyTaker& taker, u64 ticket);
    std::optional<Cycles> send(tlm::tlm_fw_transport_if<>& bus, const DataRequest& request,
                               u64 address, u32& data, Cycles now, ReplyTaker& taker, u64 ticket);
    /// Why the last transaction was refused, as far as the target says more than a status.
    [[nodiscard]] std::string refusal() const {
        return late_.refusal.empty() ? trans_.get_response_string() : late_.refusal;
    }
    /// The same of an answer that came later.
    [[nodiscard]] static std::string refusal_of(const LateReply& reply);

    /// The last transaction.
    [[nodiscard]] const tlm::tlm_generic_payload& payload() const { return trans_; }

private:
    Cycles carry(tlm::tlm_fw_transport_if<>& bus, tlm::tlm_command command, u64 address,
                 unsigned char* data, unsigned bytes, Cycles now, const Cause& cause);

    const ClockDomain& clock_;
    CauseExtension cause_;
    LateReplyExtension late_;
    tlm::tlm_generic_payload trans_;  // used again: making one costs the host more than an access
};

}  // namespace flexv
