// SPDX-License-Identifier: Apache-2.0
// The address-decoding bus between the cluster and the SoC. The platform builds one for the cluster
// and one for the SoC; any initiator that binds reaches every target that is mapped.
#pragma once

#include "base/clock_domain.hpp"
#include "base/module.hpp"
#include "cluster_bus/route.hpp"

#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <memory>
#include <string>
#include <tlm>
#include <vector>

namespace flexv::cluster_bus {

class ClusterBus final : public Module {
public:
    struct Config {
        Cycles latency_cycles = 2;  ///< added to each transaction, source: GVSoC's cluster bus in
                                    ///< docs/spec/cluster.md 3 (its SoC router would be 12)
    };

    using TargetSocket = tlm_utils::simple_initiator_socket_tagged<ClusterBus>;

    tlm_utils::multi_passthrough_target_socket<ClusterBus> bus_in{"bus_in"};

    ClusterBus(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);

    /// Adds a target before elaboration ends; bind the returned socket to it. Throws UserError when
    /// the range overlaps another one.
    TargetSocket& map(const std::string& target, u64 start, u64 size_bytes, Addressing addressing);
    /// Another range of a target that is mapped already; `window` names it in messages.
    void map_again(const std::string& window, const TargetSocket& target, u64 start, u64 size_bytes,
                   Addressing addressing);
    /// The target of all addresses that no range claims; it sees the bus's own addresses.
    TargetSocket& map_rest(const std::string& target);

    /// The mapped ranges below and above an address that nothing serves, for messages.
    /// \param base added to the bus's own addresses
    [[nodiscard]] std::string nearest(u64 address, u64 base = 0) const {
        return routes_.nearest(address, base);
    }
    /// The range that holds `address`; null when there is none.
    [[nodiscard]] const Route* holder(u64 address) const { return routes_.find(address, 1); }
    [[nodiscard]] const std::vector<Route>& routes() const { return routes_.routes(); }

private:
    void b_transport(int initiator, tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    unsigned transport_dbg(int initiator, tlm::tlm_generic_payload& trans);
    bool get_direct_mem_ptr(int initiator, tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi);
    void invalidate_direct_mem_ptr(int target, sc_dt::uint64 start, sc_dt::uint64 end);

    /// A module of its own, because map() may be called outside the bus's constructor, where
    /// SystemC gives the bus no further sockets.
    struct Outlet : sc_core::sc_module {
        explicit Outlet(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {}

        TargetSocket out{"out"};
    };

    TargetSocket& add_target(const std::string& target);
    [[nodiscard]] const Route* find(u64 address, u64 length) const;
    void refuse_around(u64 address, tlm::tlm_dmi& dmi) const;
    void clip_to_rest(u64 address, tlm::tlm_dmi& dmi) const;
    void withdraw(const Route& route, u64 start, u64 end);

    const Config config_;
    const ClockDomain& clock_;
    RouteTable routes_;
    std::vector<std::unique_ptr<Outlet>> outlets_;
    std::unique_ptr<Route> rest_;  // the whole space, served last; null without map_rest()
    Counter transactions_{*this, "transactions", "transactions forwarded to a target"};
    Counter bytes_{*this, "bytes", "bytes of the forwarded transactions"};
    Counter errors_{*this, "errors", "transactions to addresses that nothing serves"};
};

}  // namespace flexv::cluster_bus
