// SPDX-License-Identifier: Apache-2.0
// The PULP cluster: cores, TCDM, event unit, DMA, instruction cache and peripherals, wired. Owns no
// behaviour but the wiring; the timeline that it shares with the SoC is driven from outside.
#pragma once

#include "base/call_port.hpp"
#include "base/clock_domain.hpp"
#include "base/module.hpp"
#include "cluster_bus/cluster_bus.hpp"
#include "cluster_control/cluster_control.hpp"
#include "core/core.hpp"
#include "core/decode/decode_cache.hpp"
#include "dma/dma.hpp"
#include "event_unit/event_unit.hpp"
#include "hmr/hmr.hpp"
#include "icache/instruction_cache.hpp"
#include "isa/decoder.hpp"
#include "peripheral_interconnect/peripheral_interconnect.hpp"
#include "platform/config/configuration.hpp"
#include "platform/cosim/external_window.hpp"
#include "platform/system/block.hpp"
#include "platform/system/clocks.hpp"
#include "platform/system/core_wiring.hpp"
#include "platform/system/reset_line.hpp"
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
    ClusterDomain& clock_;
    const unsigned number_;
    const ClusterConfiguration config_;
    const BusErrors bus_errors_;
    const isa::ExtensionSet extensions_;
    const isa::Decoder decoder_;

public:
    /// \param number of the clusters beside each other: its place in the map and in mhartid
    /// \param reference_clock_cycles cycles between two edges of the 32768 Hz reference
    /// \param wiring of the cores to what belongs to a bench; outlives the cluster
    Cluster(const sc_core::sc_module_name& name, ClusterDomain& clock, unsigned number,
            const ClusterConfiguration& config, BusErrors bus_errors,
            const core::translation::Settings& translation, Cycles reference_clock_cycles,
            CoreWiring& wiring);

    /// Event (8) or interrupt (9) of the DMA's port for the fabric controller, in cycle `now`.
    CallPort<void(unsigned line, ClusterCycles now)> fabric_event_out{"fabric_event_out"};
    /// Cores or DMA did what the hardware tolerates and firmware does not mean.
    CallPort<void(const Cause& cause, const std::string& what)> misuse_out{"misuse_out"};

    /// The instruction caches have forgotten what they held.
    CallPort<void()> flush_out{"flush_out"};

    /// What the test bench of a cluster without a fabric controller does: all cores start together
    /// at `entry` (docs/spec/firmware_abi.md section 2, style C).
    void start_all(Address entry);
    /// The state after power-on, in the present cycle: cores off, nothing on its way, registers and
    /// caches as they begin. The TCDM keeps its contents; counts and the clock go on.
    void reset() override;
    void serialize(StateArchive& archive) override { archive(reset_line_); }
    /// The reset line from `cycle` on; it may lie ahead. While it is held no core starts.
    void hold_in_reset(bool is_held, ClusterCycles cycle) {
        reset_line_.drive(is_held, Cycles(cycle));
    }
    /// Lets the line go without a trace, for a reset of the whole chip.
    void forget_reset() { reset_line_.clear(); }
    [[nodiscard]] bool is_held_in_reset() const { return reset_line_.is_held(); }
    /// Books what is still open when the run ends at `end`.
    void settle(ClusterCycles end);
    /// The same between two parts of a run; changes no sum.
    void settle_part(ClusterCycles now);

    [[nodiscard]] unsigned number() const { return number_; }
    /// Its 4 MiB as every master sees them; its own cores see them at the alias, too.
    [[nodiscard]] memory_map::Range range() const { return memory_map::cluster_window(number_); }
    /// "cluster1", as counters, messages and buses call it.
    [[nodiscard]] std::string short_name() const { return basename(); }
    [[nodiscard]] core::Core& core(unsigned index) { return *cores_.at(index); }
    [[nodiscard]] unsigned core_count() const { return config_.core_count; }
    /// Everything that has an address but the TCDM; those behind the peripheral interconnect in the
    /// order of its crossbar.
    [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }

    cluster_bus::ClusterBus bus;     ///< masters of the cluster: own window, else the SoC
    cluster_bus::ClusterBus window;  ///< the cluster's 4 MiB as seen from any bus master
    core::DecodeCache code;

private:
    using Cores = std::vector<std::unique_ptr<core::Core>>;
    Cores cores_;

public:
    // Of those that arbitrate the caches act first: a flush that passes the interconnect in cycle t
    // holds for fetches from t + 1 on.
    dma::Mchan dma;
    event_unit::EventUnit event_unit;
    icache::InstructionCache icache;
    timer::Timer timer;
    cluster_control::ClusterControl control;
    hmr::Hmr hmr;
    CoreWiring& wiring;                                                ///< built here
    std::vector<std::unique_ptr<cosim::ExternalWindow>> external_out;  ///< as configured
    peripheral_interconnect::PeripheralInterconnect peripherals;
    tcdm::Tcdm tcdm;

private:
    Cores make_cores(const core::AddressMap& address_map);
    void wire_cores();
    void wire_peripherals();
    void wire_buses();
    void wire_events();
    [[nodiscard]] std::vector<std::unique_ptr<cosim::ExternalWindow>> make_windows() const;
    [[nodiscard]] std::vector<Block> list_blocks();
    [[nodiscard]] std::vector<Block> placed(std::vector<Block> blocks) const;
    void add_windows(std::vector<Block>& blocks);

    const std::vector<Block> blocks_;
    ResetLine reset_line_;
    DerivedCounter cycles_{*this, "cycles", "cycles of the cluster clock",
                           [this] { return end_.value_or(clock_.now()); }};
    std::optional<ClusterCycles> end_;  // of the run; a timeline may have passed it
};

}  // namespace flexv::platform
