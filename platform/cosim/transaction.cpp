// SPDX-License-Identifier: Apache-2.0
#include "platform/cosim/transaction.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace flexv::platform::cosim {

Transaction& TransactionStock::take(const tlm::tlm_generic_payload& trans) {
    if (free_.empty()) {
        all_.push_back(std::make_unique<Transaction>(static_cast<tlm::tlm_mm_interface*>(this)));
        free_.push_back(all_.back().get());
    }
    Transaction& taken = *free_.back();
    free_.pop_back();
    taken.payload.acquire();
    taken.data.assign(trans.get_data_ptr(), trans.get_data_ptr() + trans.get_data_length());
    taken.cause.cause = cause_of(trans);
    taken.refusal.clear();
    tlm::tlm_generic_payload& payload = taken.payload;
    payload.set_command(trans.get_command());
    payload.set_address(trans.get_address());
    payload.set_data_ptr(taken.data.data());
    payload.set_data_length(trans.get_data_length());
    payload.set_streaming_width(trans.get_streaming_width());
    payload.set_byte_enable_ptr(nullptr);  // no initiator of the platform has any
    payload.set_byte_enable_length(0);
    payload.set_dmi_allowed(false);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    return taken;
}

/// The last reference is gone. Extensions that a target has added for the time of the transaction
/// (auto-extensions) go with it.
void TransactionStock::free(tlm::tlm_generic_payload* payload) {
    const auto found = std::ranges::find_if(
        all_, [payload](const auto& known) { return &known->payload == payload; });
    FLEXV_ASSERT(found != all_.end(), "a payload goes back to the stock that it is from");
    payload->reset();
    free_.push_back(found->get());
}

}  // namespace flexv::platform::cosim
