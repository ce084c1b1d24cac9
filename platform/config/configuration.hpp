// SPDX-License-Identifier: Apache-2.0
// Every parameter of the platform in one aggregate that mirrors the hierarchy of the hardware. The
// defaults are the published Flex-V cluster's; configuration.cpp declares what each parameter may
// be.
#pragma once

#include "base/bus_errors.hpp"
#include "base/timeline.hpp"
#include "base/translate.hpp"
#include "base/units.hpp"
#include "cluster_bus/cluster_bus.hpp"
#include "dma/dma.hpp"
#include "event_unit/event_unit.hpp"
#include "external_memory/external_memory.hpp"
#include "fabric_port/fabric_port.hpp"
#include "icache/instruction_cache.hpp"
#include "interrupt_controller/interrupt_controller.hpp"
#include "l2/l2.hpp"
#include "peripheral_interconnect/peripheral_interconnect.hpp"
#include "platform/config/schema.hpp"
#include "soc_events/soc_events.hpp"
#include "tcdm/tcdm.hpp"

#include <string>
#include <vector>

namespace flexv::platform {

struct CoreConfiguration {
    std::string isa = "flexv";                ///< a name of isa::isa_subsets()
    bool quirks = false;                      ///< like the RTL where that is not the architecture
    bool single_performance_counter = false;  ///< behind all addresses
};

/// The device of the timing bench.
struct MarkerConfiguration {
    bool enabled = false;
};

/// Addresses behind which somebody else's target is.
struct WindowConfiguration {
    std::string name;
    u64 base = 0;
    u64 size_bytes = 0;
    Cycles latency_cycles = 1;  ///< of the clock on whose bus it lies, to the target and back
};

/// A device of a plug-in on the SoC's bus (platform/plugin/README.md).
struct PluginConfiguration {
    std::string name;    ///< empty: as `type`
    std::string plugin;  ///< file of the shared object, beside the configuration that names it
    std::string type;    ///< one of its types of devices
    List window;         ///< [base, size in bytes]; empty: none
    Cycles latency_cycles = 1;      ///< of the SoC's clock, to the device and back
    List irq;                       ///< what its interrupts raise, in their order
    List parameters{.json = "{}"};  ///< as the plug-in declares them
};

/// A device or a test bench in another process (docs/reference/remote_port.md).
struct RemoteConfiguration {
    std::string name;
    std::string socket;         ///< "unix:PATH" or "tcp:PORT", where the other process listens
    List window;                ///< [base, size in bytes]; empty: none
    Cycles latency_cycles = 1;  ///< of the SoC's clock, to the device and back
    List irq;                   ///< what its wires raise, in their order
    u64 quantum_ns = 1000;      ///< it is told the time so often; 0: never
    u64 timeout_ms = 10'000;    ///< of the host, until the run ends because it says nothing
    u32 device = 0;             ///< number that accesses go to
    u32 wires = 1;              ///< number that the reset goes to
};

/// Where a block's own configuration counts cores or ports, the cluster derives them from
/// `core_count`.
struct ClusterConfiguration {
    u32 core_count = 8;
    CoreConfiguration core;
    tcdm::Tcdm::Config tcdm;
    icache::InstructionCache::Config icache;
    event_unit::Config event_unit;
    dma::Mchan::Config dma;
    peripheral_interconnect::PeripheralInterconnect::Config peripherals;
    cluster_bus::ClusterBus::Config bus;
    MarkerConfiguration marker;
    std::vector<WindowConfiguration> external_out;  ///< on the peripheral interconnect
};

/// Who starts when the firmware is loaded (docs/spec/firmware_abi.md, section 2).
enum class Boot {
    cluster,            ///< style C: all cores of the cluster; there is no fabric controller
    fabric_controller,  ///< style P: the fabric controller, which starts the cluster
};

/// The core outside the cluster that starts it.
struct FabricConfiguration {
    CoreConfiguration core;
    Cycles bus_cycles = fabric_port::FabricPort::Config{}.bus_cycles;
};

struct UartConfiguration {
    std::string input;  ///< file with the characters that arrive; empty: none
};

struct SocConfiguration {
    Boot boot = Boot::cluster;
    u32 clusters = 1;  ///< beside each other, all alike; they share L2
    ClusterConfiguration cluster;
    FabricConfiguration fabric_controller;
    interrupt_controller::InterruptController::Config interrupt_controller;
    soc_events::SocEvents::Config events;
    UartConfiguration uart;
    /// The whole way to L2 is in the latencies of the cluster's bus and of L2 (docs/spec/cluster.md
    /// 3).
    cluster_bus::ClusterBus::Config bus{.latency_cycles = 0};
    l2::L2::Config l2;
    external_memory::ExternalMemory::Config external_memory;
    std::vector<WindowConfiguration> external_out;  ///< on the SoC's bus
    std::vector<PluginConfiguration> plugins;
    std::vector<RemoteConfiguration> remotes;
    BusErrors bus_errors = BusErrors::fault;  ///< everywhere, the cluster included
};

/// The operating point, and the clocks before firmware changes an FLL.
struct ClockConfiguration {
    double mhz = 463;    ///< published maximum at 0.65 V, source: reference/energy_model.md, A1
    double soc_mhz = 0;  ///< everything outside the cluster; 0: as `mhz`
    bool follows_fll = true;
    double vdd = 0.65;
};

struct SimulationConfiguration {
    Cycles quantum_cycles = 1000;  ///< the cluster runs this far ahead of modules outside it
    /// A hart computes this far ahead of the others.
    Cycles run_ahead_cycles = Timeline::kRunAhead;
    Cycles max_cycles = 0;  ///< 0: no limit
    Translate translate = can_translate() ? Translate::on : Translate::off;
};

struct EnergyConfiguration {
    std::string profile = "isvlsi23";  ///< shipped profile or file
};

struct Configuration {
    SocConfiguration soc;
    ClockConfiguration clock;
    SimulationConfiguration simulation;
    EnergyConfiguration energy;
};

/// Clock of everything outside the cluster.
[[nodiscard]] inline double soc_mhz(const Configuration& configuration) {
    const ClockConfiguration& clock = configuration.clock;
    return clock.soc_mhz == 0 ? clock.mhz : clock.soc_mhz;
}

/// The declaration of every parameter, in the order of the hierarchy.
[[nodiscard]] const Group<Configuration>& schema();

/// What the parameter may be; `key` is one of the schema's.
[[nodiscard]] const Domain& allowed_values(const std::string& key);

/// What must hold between several parameters.
struct Rule {
    std::vector<std::string> keys;
    std::string what;
    bool (*holds)(const Configuration&);
};
[[nodiscard]] const std::vector<Rule>& rules();

}  // namespace flexv::platform
