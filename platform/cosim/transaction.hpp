// SPDX-License-Identifier: Apache-2.0
// One access of the platform on its way to somebody else's target, and the stock that it comes
// from: the memory manager that TLM-2.0 asks for.
#pragma once

#include "base/cause_extension.hpp"
#include "base/late_reply.hpp"

#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

namespace flexv::platform::cosim {

/// Its payload, its data and who waits for the answer. A target may hold a reference to the payload
/// (acquire()) for longer than the call.
struct Transaction {
    explicit Transaction(tlm::tlm_mm_interface* manager) : payload(manager) {
        payload.set_extension(&cause);
    }
    ~Transaction() { payload.clear_extension(&cause); }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    CauseExtension cause;
    tlm::tlm_generic_payload payload;
    std::vector<unsigned char> data;
    u64 offset = 0;             ///< in the window; routers behind it change that of the payload
    sc_core::sc_time start;     ///< when the target sees it
    sc_core::sc_time answered;  ///< when the answer is there
    std::string refusal;        ///< why there is none; empty: see the payload
    ReplyTaker* taker = nullptr;
    u64 ticket = 0;
};

/// Transactions that are used again once nobody refers to their payload any more.
class TransactionStock final : private tlm::tlm_mm_interface {
public:
    /// A copy of `trans`, with one reference that its user releases.
    Transaction& take(const tlm::tlm_generic_payload& trans);

private:
    void free(tlm::tlm_generic_payload* payload) override;

    std::vector<std::unique_ptr<Transaction>> all_;
    std::vector<Transaction*> free_;
};

}  // namespace flexv::platform::cosim
