// SPDX-License-Identifier: Apache-2.0
// The data side of the fabric controller: its own view of the address space, a short way to L2 and
// a long one to everything else. What the peripheral interconnect and the cluster bus are to a
// cluster core.
#pragma once

#include "base/bus_initiator.hpp"
#include "base/call_port.hpp"
#include "base/clock_domain.hpp"
#include "base/data_port.hpp"
#include "base/module.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include <string>

namespace flexv::fabric_port {

class FabricPort final : public Module, public DataTarget, private ReplyTaker, private Agent {
public:
    struct Config {
        Address memory_base = 0x1c00'0000;
        u64 memory_bytes = 0x190000;
        Address alias_bytes = 0x0010'0000;  ///< from 0 on the core sees the memory's start, source:
                                            ///< RTL in docs/spec/cluster.md 2.6
        Cycles bus_cycles = 8;  ///< EX cycles of an access beside L2, beyond what the target takes;
                                ///< source: GVSoC's APB router, docs/spec/cluster.md 3
    };

    sc_core::sc_export<DataTarget> core_in{"core_in"};
    tlm_utils::simple_initiator_socket<FabricPort> memory_out{"memory_out"};  ///< from 0 on
    tlm_utils::simple_initiator_socket<FabricPort> bus_out{"bus_out"};  ///< absolute addresses

    /// Asks what lies around an address that nothing serves.
    CallPort<std::string(Address)> surroundings_out{"surroundings_out"};

    FabricPort(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);
    void reset() override { waiting_ = {}; }
    void serialize(StateArchive& archive) override { archive(waiting_, tickets_); }

    void request(DataInitiator& initiator, const DataRequest& request, Cycles now) override;
    void cancel(DataInitiator& initiator, Cycles now) override;
    [[nodiscard]] std::string waits_for(const DataInitiator& initiator) const override;

private:
    using Socket = tlm_utils::simple_initiator_socket<FabricPort>;
    /// The one access under way that is not answered yet.
    struct Waiting {
        DataInitiator* initiator = nullptr;
        u32 data = 0;
        Cycles due = 0;
        std::string refusal = {};
        u64 ticket = 0;            ///< of an access that is outside; 0: the answer is there
        DataRequest request = {};  ///< of such an access

        void serialize(StateArchive& archive) {
            archive(initiator, data, due, refusal, ticket, request);
        }
    };

    void act(Cycles now) override;
    void answer(Cycles now);
    void replied(u64 ticket, const LateReply& reply) override;
    [[nodiscard]] Address translated(Address address) const;
    [[nodiscard]] bool is_in_memory(Address address) const {
        return address - config_.memory_base < config_.memory_bytes;
    }
    [[nodiscard]] std::string refuse(const DataRequest& request, const std::string& why) const;

    const Config config_;
    ClockDomain& clock_;
    BusInitiator bus_{clock_};
    Waiting waiting_;
    u64 tickets_ = 0;  // that were given out
    Counter memory_accesses_{*this, "memory_accesses", "loads and stores to L2"};
    Counter bus_accesses_{*this, "bus_accesses", "loads and stores to everything else"};
};

}  // namespace flexv::fabric_port
