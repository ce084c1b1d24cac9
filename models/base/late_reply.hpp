// SPDX-License-Identifier: Apache-2.0
// How a target outside of the timelines answers after the call: a device may wait() for as long as
// it likes, while the cluster goes on. The initiator offers to take the answer later; a target that
// answers within b_transport() never notices.
#pragma once

#include "base/units.hpp"

#include <systemc>

#include <span>
#include <string>
#include <tlm>

namespace flexv {

/// The answer to one access.
struct LateReply {
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
    std::span<const unsigned char> data;  ///< of a read, as many bytes as were asked for
    sc_core::sc_time time;                ///< SystemC time at which it is there
    std::string refusal;                  ///< why there is none, for a person; empty: see status
};

/// The initiator of accesses whose answers come later.
class ReplyTaker {
public:
    /// The answer to the access that was sent with `ticket`. Called between two cycles of the
    /// timelines; a ticket that is not open any more is ignored.
    virtual void replied(u64 ticket, const LateReply& reply) = 0;

protected:
    ~ReplyTaker() = default;
};

/// Goes with the payload. It belongs to the initiator, and a target uses it only within the call.
struct LateReplyExtension final : tlm::tlm_extension<LateReplyExtension> {
    ReplyTaker* taker = nullptr;
    u64 ticket = 0;
    bool is_late = false;      ///< set by the target: replied() will be called
    std::string refusal = {};  ///< set by a target that answers with an error: why

    [[nodiscard]] tlm::tlm_extension_base* clone() const override {
        return new LateReplyExtension(*this);  // the protocol of tlm_extension
    }
    void copy_from(const tlm::tlm_extension_base& other) override {
        const auto& from = static_cast<const LateReplyExtension&>(other);
        taker = from.taker;
        ticket = from.ticket;
        is_late = from.is_late;
        refusal = from.refusal;
    }
};

}  // namespace flexv
