// SPDX-License-Identifier: Apache-2.0
// The initiator side of a TLM-2.0 blocking transport that leaves a clock domain: cycles become an
// annotated delay, and the delay that comes back becomes cycles.
#pragma once

#include "base/cause_extension.hpp"
#include "base/clock_domain.hpp"
#include "base/data_port.hpp"

#include <tlm>

namespace flexv {

class BusInitiator {
public:
    explicit BusInitiator(const ClockDomain& clock) : clock_(clock) {
        trans_.set_extension(&cause_);
    }
    ~BusInitiator() { trans_.clear_extension(&cause_); }
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
    /// The last transaction.
    [[nodiscard]] const tlm::tlm_generic_payload& payload() const { return trans_; }

private:
    const ClockDomain& clock_;
    CauseExtension cause_;
    tlm::tlm_generic_payload trans_;  // used again: making one costs the host more than an access
};

}  // namespace flexv
