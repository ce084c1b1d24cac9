// SPDX-License-Identifier: Apache-2.0
// Addresses of a bus behind which somebody else's TLM-2.0 target is. The target's b_transport() is
// called in a process of its own at the time of the access, so it may wait() and call back.
#pragma once

#include "base/clock_domain.hpp"
#include "base/module.hpp"
#include "platform/cosim/traffic.hpp"
#include "platform/cosim/transaction.hpp"

#include <tlm_utils/multi_passthrough_target_socket.h>

#include <memory>
#include <set>
#include <string>
#include <tlm>
#include <vector>

namespace flexv::platform::cosim {

class ExternalWindow final : public Module, private tlm::tlm_bw_transport_if<> {
public:
    struct Config {
        std::string key;  ///< "soc.external_out.camera", for messages
        u64 size_bytes = 4;
        Cycles latency_cycles = 1;  ///< of the way, in the clock of the bus
    };

    using OutSocket = tlm::tlm_initiator_socket<32, tlm::tlm_base_protocol_types, 1,
                                                sc_core::SC_ZERO_OR_MORE_BOUND>;

    tlm_utils::multi_passthrough_target_socket<ExternalWindow> bus_in{"bus_in"};
    OutSocket out{"out"};  ///< offsets from the start of the window; may stay unbound

    ExternalWindow(const sc_core::sc_module_name& name, const ClockDomain& clock,
                   const Config& config);
    ~ExternalWindow() override;

    /// Before time starts. It outlives the window's use.
    void join(Traffic& traffic) { traffic_ = &traffic; }
    [[nodiscard]] bool is_bound() const { return out.size() != 0; }
    /// A line for each access that the target has not answered, for the report of a deadlock.
    [[nodiscard]] std::vector<std::string> unanswered() const;

private:
    class Carrier;

    void b_transport(int from, tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    unsigned transport_dbg(int from, tlm::tlm_generic_payload& trans);
    bool get_direct_mem_ptr(int from, tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi);
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override;

    /// One call of the target, in whatever process. \returns why its answer is none; empty when it
    /// is one
    std::string call(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    void transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    unsigned transport_debug(tlm::tlm_generic_payload& trans);
    void fail(const char* where, const std::string& thrown);
    void send(Transaction& transaction);
    void carry(Transaction& transaction);
    void count(const tlm::tlm_generic_payload& trans);
    void forget_written(const tlm::tlm_generic_payload& trans, u64 first);
    void withdraw(u64 first, u64 last);

    const Config config_;
    const ClockDomain& clock_;
    Traffic* traffic_ = nullptr;
    TransactionStock stock_;
    std::vector<std::unique_ptr<Carrier>> carriers_;
    std::vector<Carrier*> idle_;
    std::vector<const Transaction*> open_;  // with the target
    std::set<u64> watched_;                 // words that somebody has decoded or waits for
    Counter reads_{*this, "reads", "transactions that read"};
    Counter writes_{*this, "writes", "transactions that write"};
    Counter bytes_{*this, "bytes", "bytes of both"};
    Counter errors_{*this, "errors", "transactions that the target refused"};
};

}  // namespace flexv::platform::cosim
