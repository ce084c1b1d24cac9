// SPDX-License-Identifier: Apache-2.0
#include "platform/cosim/traffic.hpp"

namespace flexv::platform::cosim {

sc_core::sc_time Traffic::leave() {
    ++outside_;
    return timekeeper_.wait_for_kernel();
}

void Traffic::come_back(Transaction& transaction) {
    answered_.push_back(&transaction);
    disturbed();
}

void Traffic::fail(const std::string& reason) {
    if (failure_.empty())
        failure_ = reason;
    disturbed();
}

/// An answer may be an error that ends the run by an exception: then the rest stays where it is.
void Traffic::deliver() {
    while (!answered_.empty()) {
        Transaction& done = *answered_.front();
        answered_.pop_front();
        --outside_;
        const LateReply reply{.status = done.payload.get_response_status(),
                              .data = done.data,
                              .time = done.answered,
                              .refusal = done.refusal};
        struct Release {
            tlm::tlm_generic_payload& payload;
            ~Release() { payload.release(); }
        };
        const Release release{done.payload};
        done.taker->replied(done.ticket, reply);
    }
}

}  // namespace flexv::platform::cosim
