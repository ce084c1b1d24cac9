// SPDX-License-Identifier: Apache-2.0
// The PULP cluster: cores, TCDM, event unit, DMA, instruction cache and peripherals, wired. Owns no
// behaviour but the wiring; the timeline that it shares with the SoC is driven from outside.
#pragma once

#include "base/clock_domain.hpp"
#include "base/module.hpp"
#include "cluster_bus/cluster_bus.hpp"
#include "cluster_control/cluster_control.hpp"
#include "core/core.hpp"
#include "core/decode_cache.hpp"
#include "dma/dma.hpp"
#include "event_unit/event_unit.hpp"
#include "hmr/hmr.hpp"
#include "icache/instruction_cache.hpp"
#include "isa/decoder.hpp"
#include "marker/marker.hpp"
#include "peripheral_interconnect/peripheral_interconnect.hpp"
#include "platform/config/configuration.hpp"
#include "tcdm/tcdm.hpp"
#include "timer/timer.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

class Cluster final : public Module {
private:
    ClockDomain& clock_;
    const ClusterConfiguration config_;
    const BusErrors bus_errors_;
    const isa::ExtensionSet extensions_;
    const isa::Decoder decoder_;

public:
    /// `reference_clock_cycles`: cycles between two edges of the 32768 Hz reference.
    Cluster(const sc_core::sc_module_name& name, ClockDomain& clock,
            const ClusterConfiguration& config, BusErrors bus_errors, u64 reference_clock_cycles);

    /// Event (8) or interrupt (9) of the DMA's port for the fabric controller, in cycle `now`.
    std::function<void(unsigned line, Cycles now)> on_fabric_event;

    /// Cores or DMA did what the hardware tolerates and firmware does not mean.
    std::function<void(const Cause& cause, const std::string& what)> on_misuse;

    /// What the test bench of a cluster without a fabric controller does: all cores start together
    /// at `entry` (docs/spec/firmware_abi.md section 2, style C).
    void start_all(Address entry);
    /// Books what is still open when the run ends at `end`.
    void settle(Cycles end);
    /// The same between two parts of a run; changes no sum.
    void settle_part(Cycles now);

    [[nodiscard]] core::Core& core(unsigned index) { return *cores_.at(index); }
    [[nodiscard]] unsigned core_count() const { return config_.core_count; }
    // Members in the order in which they register with the timeline: who asks stands before who
    // arbitrates, the TCDM comes last.
    cluster_bus::ClusterBus bus;     ///< masters of the cluster: own window, else the SoC
    cluster_bus::ClusterBus window;  ///< the cluster's 4 MiB as seen from any bus master
    core::DecodeCache code;

private:
    using Cores = std::vector<std::unique_ptr<core::Core>>;
    Cores cores_;

public:
    dma::Mchan dma;
    event_unit::EventUnit event_unit;
    icache::InstructionCache icache;
    timer::Timer timer;
    cluster_control::ClusterControl control;
    hmr::Hmr hmr;
    std::unique_ptr<marker::Marker> marker;  ///< of the timing bench; null without it
    peripheral_interconnect::PeripheralInterconnect peripherals;
    tcdm::Tcdm tcdm;

private:
    Cores make_cores();
    void wire_cores();
    void wire_peripherals();
    void wire_buses();
    void wire_events();
    void wire_marker();
    void tell_misuse(const Cause& cause, const std::string& what) const;

    DerivedCounter cycles_{*this, "cycles", "cycles of the cluster clock",
                           [this] { return end_.value_or(clock_.timeline.now()); }};
    std::optional<Cycles> end_;  // of the run; a timeline may have passed it
};

}  // namespace flexv::platform
