// SPDX-License-Identifier: Apache-2.0
// The clusters of the SoC beside each other, 1 to 4, and their ports to its bus. All have the same
// configuration and one clock; each has its window of addresses. Wiring, and when the run is over.
#pragma once

#include "base/call_port.hpp"
#include "base/clock_domain.hpp"
#include "clock_crossing/clock_crossing.hpp"
#include "cluster_bus/cluster_bus.hpp"
#include "l2_arbiter/l2_arbiter.hpp"
#include "platform/config/configuration.hpp"
#include "platform/system/clocks.hpp"
#include "platform/system/cluster.hpp"
#include "platform/system/core_wiring.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace flexv::platform {

class ClusterSet {
public:
    /// Created within the constructor of the SoC, whose children the blocks become.
    /// \param wiring of the cores of the first cluster; the others are wired as on a chip
    ClusterSet(ClusterDomain& cluster_clock, SocDomain& soc_clock, const Configuration& config,
               CoreWiring& wiring);
    ClusterSet(const ClusterSet&) = delete;
    ClusterSet& operator=(const ClusterSet&) = delete;

    /// Gives every cluster its window of `bus`, and the rest of the addresses to each.
    void connect(cluster_bus::ClusterBus& bus);

    [[nodiscard]] Cluster& first() const { return *ports_.front()->cluster; }
    [[nodiscard]] const std::vector<Cluster*>& all() const { return all_; }
    /// In whose window `address` lies; null for nobody's.
    [[nodiscard]] Cluster* holder(Address address) const;
    /// Every cluster has ended that was started: the code of the first one that has another than 0.
    CallPort<void(u32 code)> ended_out{"ended_out"};

    // All of them.
    void hold_in_reset(bool is_held, ClusterCycles cycle);
    void reset();
    void forget_reset();
    void settle(ClusterCycles end);
    void settle_part(ClusterCycles now);

private:
    /// A cluster with what lies between it and the SoC.
    struct Port {
        std::unique_ptr<CoreWiring> wiring;  ///< null: it belongs to somebody else
        std::unique_ptr<Cluster> cluster;
        std::unique_ptr<clock_crossing::ClockCrossing> to_cluster;
        std::unique_ptr<clock_crossing::ClockCrossing> from_cluster;
    };

    void add(unsigned number, CoreWiring* wiring);
    void connect(Port& port, cluster_bus::ClusterBus& bus);
    void end_of(const Cluster& cluster);

    ClusterDomain& clock_;
    SocDomain& soc_clock_;
    const Configuration& config_;
    std::vector<std::unique_ptr<Port>> ports_;
    std::vector<Cluster*> all_;
    std::unique_ptr<l2_arbiter::L2Arbiter> arbiter_;  // null: there is one cluster
};

/// The exit code in RETURN of a cluster, or in CORESTATUS of SoC control: 31 bits, because bit 31
/// only says that it is valid.
[[nodiscard]] u32 code_of_status(u32 status);

}  // namespace flexv::platform
