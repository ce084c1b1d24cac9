// SPDX-License-Identifier: Apache-2.0
// The declarations: key, member, meaning, unit, allowed values. Defaults stand at the members.
#include "platform/config/configuration.hpp"

#include "base/error.hpp"
#include "isa/decoder.hpp"
#include "platform/config/embedded.hpp"
#include "platform/config/interrupts.hpp"
#include "platform/config/windows.hpp"
#include "platform/remote/connection.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace flexv::platform {

namespace {

// The slots of the cluster's peripheral interconnect, docs/spec/cluster.md 2.1.
constexpr u64 kFirstSlot = 0x1020'0000;
constexpr u64 kLastOfSlots = 0x1020'3fff;

std::vector<std::string> isa_names() {
    std::vector<std::string> names;
    for (const isa::IsaSubset& subset : isa::isa_subsets())
        names.emplace_back(subset.name);
    return names;
}

Group<CoreConfiguration> core_group() {
    return Group<CoreConfiguration>{}
        .value("isa", &CoreConfiguration::isa,
               {.doc = "Instruction set; each contains the ones before it, the rest is illegal.",
                .unit = "",
                .allowed = one_name_of(isa_names())})
        .value("quirks", &CoreConfiguration::quirks,
               {.doc = "Compute what the RTL computes where that is not the architecture.",
                .unit = "",
                .allowed = flag()})
        .value("single_performance_counter", &CoreConfiguration::single_performance_counter,
               {.doc = "One register behind all performance counters, as in a synthesised core.",
                .unit = "",
                .allowed = flag()});
}

/// \param unit of base and size, as the bus decodes them
Group<WindowConfiguration> window_group(u64 unit, u64 first, u64 last) {
    using Config = WindowConfiguration;
    return Group<Config>{}
        .value("name", &Config::name,
               {.doc = "Of the socket.", .unit = "", .allowed = identifier()})
        .value("base", &Config::base,
               {.doc = "First address.",
                .unit = "",
                .allowed = multiple_of_bytes(unit, first, last + 1 - unit)})
        .value("size_bytes", &Config::size_bytes,
               {.doc = "What the target decodes, from 0 on.",
                .unit = "bytes",
                .allowed = multiple_of_bytes(unit, unit, last + 1 - first)})
        .value("latency_cycles", &Config::latency_cycles,
               {.doc = "Of the way to the target, whose own time comes on top.",
                .unit = "cycles",
                .allowed = whole(1, 100'000)});
}

/// Where a device outside stands in the SoC, whoever makes it.
template <typename Config>
Group<Config> with_places(Group<Config> group, const std::string& doc_of_irq) {
    return std::move(group)
        .value("window", &Config::window,
               {.doc = "Addresses of the SoC's bus where it is.",
                .unit = "",
                .allowed = window_range()})
        .value("latency_cycles", &Config::latency_cycles,
               {.doc = "Of the way to the device, whose own time comes on top.",
                .unit = "cycles",
                .allowed = whole(1, 100'000)})
        .value("irq", &Config::irq, {.doc = doc_of_irq, .unit = "", .allowed = interrupts()});
}

Group<PluginConfiguration> plugin_group() {
    using Config = PluginConfiguration;
    auto group = Group<Config>{}
                     .value("name", &Config::name,
                            {.doc = "Of the device in reports and settings; empty: as its type.",
                             .unit = "",
                             .allowed = name_or_empty()})
                     .value("plugin", &Config::plugin,
                            {.doc = "Shared object.",
                             .unit = "",
                             .allowed = some_text("the file of a plug-in")})
                     .value("type", &Config::type,
                            {.doc = "One of the plug-in's types of devices.",
                             .unit = "",
                             .allowed = identifier()});
    return with_places(std::move(group), "What its interrupts raise, in their order.")
        .value("parameters", &Config::parameters,
               {.doc = "As the plug-in declares them.", .unit = "", .allowed = any_object()});
}

Domain remote_address() {
    return {.text = "\"unix:PATH\", of at most 107 characters, or \"tcp:PORT\" of this machine",
            .contains = [](const Value& value) {
                return remote::is_address(std::get<std::string>(value));
            }};
}

Group<RemoteConfiguration> remote_group() {
    using Config = RemoteConfiguration;
    constexpr u64 kMostDevices = 0xffff;
    auto group =
        Group<Config>{}
            .value("name", &Config::name,
                   {.doc = "In reports and settings.", .unit = "", .allowed = identifier()})
            .value("socket", &Config::socket,
                   {.doc = "Where the other process listens.",
                    .unit = "",
                    .allowed = remote_address()});
    return with_places(std::move(group), "What its wires raise, in their order.")
        .value("quantum_ns", &Config::quantum_ns,
               {.doc = "How often it is told the time, and may act of its own; 0 for never.",
                .unit = "ns",
                .allowed = whole(0, 1'000'000'000)})
        .value("timeout_ms", &Config::timeout_ms,
               {.doc = "How long the host waits for it.",
                .unit = "ms",
                .allowed = whole(1, 3'600'000)})
        .value("device", &Config::device,
               {.doc = "Its number for accesses.", .unit = "", .allowed = whole(0, kMostDevices)})
        .value("wires", &Config::wires,
               {.doc = "Its number for the reset wire.",
                .unit = "",
                .allowed = whole(0, kMostDevices)});
}

Group<tcdm::Tcdm::Config> tcdm_group() {
    using Config = tcdm::Tcdm::Config;
    return Group<Config>{}
        .value("size_bytes", &Config::size_bytes,
               {.doc = "Memory of all banks together.",
                .unit = "bytes",
                .allowed = power_of_two_bytes(16_KiB, 1_MiB)})
        .value("bank_count", &Config::bank_count,
               {.doc = "Banks; each serves one access a cycle.",
                .unit = "banks",
                .allowed = one_of({8, 16, 32, 64})})
        .value("bus_latency_cycles", &Config::bus_latency_cycles,
               {.doc = "First word of an access from the cluster bus.",
                .unit = "cycles",
                .allowed = whole(0, 1000)});
}

Group<icache::InstructionCache::Config> icache_group() {
    using Config = icache::InstructionCache::Config;
    return Group<Config>{}
        .value("is_ideal", &Config::is_ideal,
               {.doc = "Every fetch hits and nothing is counted.", .unit = "", .allowed = flag()})
        .value("l1_bytes", &Config::l1_bytes,
               {.doc = "Private cache of a core.",
                .unit = "bytes",
                .allowed = power_of_two_bytes(64, 64_KiB)})
        .value("l1_ways", &Config::l1_ways,
               {.doc = "Ways of a private cache.", .unit = "ways", .allowed = power_of_two(1, 16)})
        .value("l15_bytes", &Config::l15_bytes,
               {.doc = "Shared cache, all banks together.",
                .unit = "bytes",
                .allowed = power_of_two_bytes(256, 1_MiB)})
        .value("l15_banks", &Config::l15_banks,
               {.doc = "Banks of the shared cache; each serves one line a cycle.",
                .unit = "banks",
                .allowed = power_of_two(1, 16)})
        .value("l15_ways", &Config::l15_ways,
               {.doc = "Ways of the shared cache.", .unit = "ways", .allowed = power_of_two(1, 16)})
        .value("memory_latency_cycles", &Config::memory_latency_cycles,
               {.doc = "Refill address to the first 64 bits of a line.",
                .unit = "cycles",
                .allowed = whole(0, 1000)})
        .value("is_enabled_at_reset", &Config::is_enabled_at_reset,
               {.doc = "The hardware starts in bypass, until firmware enables the caches.",
                .unit = "",
                .allowed = flag()})
        .value("prefetches_at_reset", &Config::prefetches_at_reset,
               {.doc = "Next-line prefetch of all cores is on from the start.",
                .unit = "",
                .allowed = flag()});
}

Group<event_unit::Config> event_unit_group() {
    using Config = event_unit::Config;
    return Group<Config>{}
        .value("barrier_count", &Config::barrier_count,
               {.doc = "Hardware barriers.", .unit = "barriers", .allowed = whole(1, 16)})
        .value("mutex_count", &Config::mutex_count,
               {.doc = "Hardware mutexes.", .unit = "mutexes", .allowed = whole(1, 8)})
        .value("dispatch_depth", &Config::dispatch_depth,
               {.doc = "Depth of the dispatch FIFO.", .unit = "words", .allowed = whole(1, 64)})
        .value(
            "soc_event_depth", &Config::soc_event_depth,
            {.doc = "Depth of the FIFO of SoC events.", .unit = "events", .allowed = whole(1, 64)})
        .value("barrier_cycles", &Config::barrier_cycles,
               {.doc = "From the last arrival at a barrier to its event.",
                .unit = "cycles",
                .allowed = whole(2, 1000)})
        .value("mutex_cycles", &Config::mutex_cycles,
               {.doc = "From the request of a free mutex, or its unlock, to the event.",
                .unit = "cycles",
                .allowed = whole(1, 1000)})
        .value("dispatch_cycles", &Config::dispatch_cycles,
               {.doc = "From the request of a word of the dispatch FIFO to the event.",
                .unit = "cycles",
                .allowed = whole(1, 1000)})
        .value("software_event_cycles", &Config::software_event_cycles,
               {.doc = "From the trigger of a software event to the event.",
                .unit = "cycles",
                .allowed = whole(1, 1000)});
}

Group<dma::Mchan::Config> dma_group() {
    using Config = dma::Mchan::Config;
    return Group<Config>{}
        .value("channel_count", &Config::id_count,
               {.doc = "Transfers at a time: identifiers that firmware can allocate.",
                .unit = "channels",
                .allowed = whole(1, 16)})
        .value("outstanding_bursts", &Config::outstanding_bursts,
               {.doc = "Bursts of 256 bytes on their way in each direction.",
                .unit = "bursts",
                .allowed = whole(1, 16)})
        .value("bus_bytes", &Config::bus_bytes,
               {.doc = "Width of the bus to L2, and with it the TCDM's ports of the DMA: one of 4 "
                       "bytes in each direction for each word.",
                .unit = "bytes",
                .allowed = one_of({4, 8, 16})});
}

Group<cluster_bus::ClusterBus::Config> bus_group() {
    using Config = cluster_bus::ClusterBus::Config;
    return Group<Config>{}.value(
        "latency_cycles", &Config::latency_cycles,
        {.doc = "Added to each transaction.", .unit = "cycles", .allowed = whole(0, 1000)});
}

Group<peripheral_interconnect::PeripheralInterconnect::Config> peripherals_group() {
    using Config = peripheral_interconnect::PeripheralInterconnect::Config;
    return Group<Config>{}.value("bridge_cycles", &Config::bridge_cycles,
                                 {.doc = "Buffers of the bridge to the bus, both ways together.",
                                  .unit = "cycles",
                                  .allowed = whole(0, 1000)});
}

Group<MarkerConfiguration> marker_group() {
    return Group<MarkerConfiguration>{}.value(
        "enabled", &MarkerConfiguration::enabled,
        {.doc = "Timing programs find it at 0x1a10f000; a single core then has memory that answers "
                "at once at every address.",
         .unit = "",
         .allowed = flag()});
}

Group<ClusterConfiguration> cluster_group() {
    using Config = ClusterConfiguration;
    return Group<Config>{}
        .value("core_count", &Config::core_count,
               {.doc = "Cores of the cluster.", .unit = "cores", .allowed = whole(1, 16)})
        .group("core", &Config::core, "Flex-V core.", core_group())
        .group("tcdm", &Config::tcdm, "Tightly coupled data memory, shared by the cores.",
               tcdm_group())
        .group("icache", &Config::icache,
               "Instruction caches: a private one a core, and one that all share.", icache_group())
        .group("event_unit", &Config::event_unit, "Events, barriers, mutexes.", event_unit_group())
        .group("dma", &Config::dma, "Moves data between the TCDM and everything outside.",
               dma_group())
        .group("bus", &Config::bus, "Bus between cores, DMA and the SoC.", bus_group())
        .group("peripherals", &Config::peripherals, "Interconnect of the peripherals.",
               peripherals_group())
        .group("marker", &Config::marker, "Marker device of the timing bench.", marker_group())
        .list("external_out", &Config::external_out,
              "Windows of each cluster's peripheral interconnect behind which somebody else's "
              "TLM-2.0 target is: whole slots of 1 KiB; bases are those of the first cluster.",
              window_group(1_KiB, kFirstSlot, kLastOfSlots));
}

Group<l2::L2::Config> l2_group() {
    using Config = l2::L2::Config;
    return Group<Config>{}
        .value("size_bytes", &Config::size_bytes,
               {.doc = "Memory of the SoC, from 0x1c000000 on.",
                .unit = "bytes",
                .allowed = multiple_of_bytes(4_KiB, 64_KiB, 32_MiB)})
        .value("latency_cycles", &Config::latency_cycles,
               {.doc = "Address to the first data.", .unit = "cycles", .allowed = whole(0, 1000)})
        .value("bytes_per_cycle", &Config::bytes_per_cycle,
               {.doc = "Width of the port.", .unit = "bytes", .allowed = one_of({4, 8, 16, 32})});
}

Group<external_memory::ExternalMemory::Config> external_memory_group() {
    using Config = external_memory::ExternalMemory::Config;
    return Group<Config>{}
        .value("base", &Config::base,
               {.doc = "Its first address.",
                .unit = "",
                .allowed = multiple_of_bytes(4_KiB, 0, 0xffff'f000)})
        .value("size_bytes", &Config::size_bytes,
               {.doc = "0 for none, as on chips without it.",
                .unit = "bytes",
                .allowed = multiple_of_bytes(4_KiB, 0, 64_MiB)})
        .value("bytes_per_cycle", &Config::bytes_per_cycle,
               {.doc = "Of its port, which all masters share.",
                .unit = "bytes",
                .allowed = number(0.001, 64)})
        .value("latency_cycles", &Config::latency_cycles,
               {.doc = "Of each burst, from its command to the first data.",
                .unit = "cycles",
                .allowed = whole(0, 100'000)})
        .value("burst_bytes", &Config::burst_bytes,
               {.doc = "Longest burst; accesses that follow each other share one.",
                .unit = "bytes",
                .allowed = whole(1, 1'048'576)});
}

Group<FabricConfiguration> fabric_group() {
    using Config = FabricConfiguration;
    return Group<Config>{}
        .group("core", &Config::core, "The same core as in the cluster, mhartid 0x3e0.",
               core_group())
        .value("bus_cycles", &Config::bus_cycles,
               {.doc = "Added to its accesses to everything but L2.",
                .unit = "cycles",
                .allowed = whole(0, 1000)});
}

Group<interrupt_controller::InterruptController::Config> interrupt_controller_group() {
    using Config = interrupt_controller::InterruptController::Config;
    return Group<Config>{}.value(
        "event_depth", &Config::event_depth,
        {.doc = "Depth of the FIFO of SoC events.", .unit = "events", .allowed = whole(1, 64)});
}

Group<soc_events::SocEvents::Config> soc_events_group() {
    using Config = soc_events::SocEvents::Config;
    return Group<Config>{}.value("first_software_event", &Config::first_software_event,
                                 {.doc = "Id of software event 0; RTL has 160, headers say 48.",
                                  .unit = "",
                                  .allowed = whole(0, 248)});
}

Group<UartConfiguration> uart_group() {
    return Group<UartConfiguration>{}.value(
        "input", &UartConfiguration::input,
        {.doc = "Characters that the UART receives; empty for none.",
         .unit = "",
         .allowed = text("a file")});
}

Group<SocConfiguration> soc_group() {
    using Config = SocConfiguration;
    return Group<Config>{}
        .choice("boot", &Config::boot,
                {{"cluster", Boot::cluster}, {"fabric_controller", Boot::fabric_controller}},
                "Who starts at the entry of the firmware: all cores of the cluster, or a fabric "
                "controller that starts them.")
        .value(
            "clusters", &Config::clusters,
            {.doc = "Clusters beside each other, all as `cluster` says; they share L2 and the rest "
                    "of the SoC. In boot style C the first one starts and starts the others.",
             .unit = "clusters",
             .allowed = whole(1, 4)})
        .group("cluster", &Config::cluster, "Cluster of cores with shared memory.", cluster_group())
        .group("fabric_controller", &Config::fabric_controller,
               "Core that starts the cluster, where there is one.", fabric_group())
        .group("interrupt_controller", &Config::interrupt_controller,
               "Interrupts of the fabric controller.", interrupt_controller_group())
        .group("events", &Config::events, "Event generator of the SoC.", soc_events_group())
        .group("uart", &Config::uart, "UART of the uDMA.", uart_group())
        .group("bus", &Config::bus, "Bus of the SoC.", bus_group())
        .group("l2", &Config::l2, "Memory of the SoC, code and data.", l2_group())
        .group("external_memory", &Config::external_memory,
               "RAM outside of the chip, where there is one.", external_memory_group())
        .list("external_out", &Config::external_out,
              "Windows of the SoC's bus behind which somebody else's TLM-2.0 target is.",
              window_group(4, 0, 0xffff'ffff))
        .list("plugins", &Config::plugins,
              "Devices of plug-ins, each a shared object, on the SoC's bus.", plugin_group())
        .list("remotes", &Config::remotes,
              "Devices and test benches in other processes, by the protocol remote-port.",
              remote_group())
        .choice("bus_errors", &Config::bus_errors,
                {{"fault", BusErrors::fault}, {"respond", BusErrors::respond}},
                "What comes of an access that nobody answers: it ends the run, or an error slave "
                "answers as on the chips (reads give 0xbadacce5, in a hole of the cluster "
                "0xbadcab7e; writes are lost), with a warning once a pc; --strict ends the run.");
}

Group<ClockConfiguration> clock_group() {
    using Config = ClockConfiguration;
    return Group<Config>{}
        .value("mhz", &Config::mhz,
               {.doc = "Clock of the cluster.", .unit = "MHz", .allowed = number(1, 2000)})
        .value("soc_mhz", &Config::soc_mhz,
               {.doc = "Clock of everything outside the cluster; 0 for that of the cluster.",
                .unit = "MHz",
                .allowed = zero_or_number(1, 2000)})
        .value("follows_fll", &Config::follows_fll,
               {.doc = "Firmware changes the clocks through the FLLs; else they only store.",
                .unit = "",
                .allowed = flag()})
        .value("vdd", &Config::vdd,
               {.doc = "Supply voltage, for the energy report.",
                .unit = "V",
                .allowed = number(0.4, 1.2)});
}

Group<SimulationConfiguration> simulation_group() {
    using Config = SimulationConfiguration;
    constexpr u64 kAny = std::numeric_limits<u64>::max();
    return Group<Config>{}
        .value("quantum_cycles", &Config::quantum_cycles,
               {.doc = "How far the cluster runs ahead of modules outside it; its own timing is "
                       "exact whatever the quantum.",
                .unit = "cycles",
                .allowed = whole(1, 1'000'000'000)})
        .value(
            "run_ahead_cycles", &Config::run_ahead_cycles,
            {.doc = "How far a hart computes ahead of the others where nobody can see it. Changes "
                    "no cycle of the run, but what a hart that computes has done at the end of "
                    "the run, or at a region mark of another one, is counted up to this much too "
                    "far: 1 is exact and slow.",
             .unit = "cycles",
             .allowed = whole(1, 1024)})
        .value("max_cycles", &Config::max_cycles,
               {.doc = "The run ends here with status 104; 0 for no limit.",
                .unit = "cycles",
                .allowed = whole(0, kAny)})
        .choice("translate", &Config::translate,
                {{"off", Translate::off}, {"on", Translate::on}, {"check", Translate::check}},
                "Whether instructions that are executed often become code of the host. Changes "
                "nothing but how long the run takes; check interprets them, too, and compares.");
}

Group<EnergyConfiguration> energy_group() {
    return Group<EnergyConfiguration>{}.value(
        "profile", &EnergyConfiguration::profile,
        {.doc = "Prices of the counted events.",
         .unit = "",
         .allowed =
             some_text(fmt::format("a file, or one of \"{}\"",
                                   fmt::join(embedded_names("energy/", ".json"), "\", \"")))});
}

}  // namespace

const Group<Configuration>& schema() {
    static const Group<Configuration> group =
        Group<Configuration>{}
            .group("soc", &Configuration::soc, "System on chip.", soc_group())
            .group("clock", &Configuration::clock, "Operating point.", clock_group())
            .group("simulation", &Configuration::simulation, "The simulation itself.",
                   simulation_group())
            .group("energy", &Configuration::energy, "Energy report.", energy_group());
    return group;
}

const Domain& allowed_values(const std::string& key) {
    const auto& parameters = schema().parameters();
    const auto found = std::ranges::find(parameters, key, &Parameter<Configuration>::key);
    FLEXV_ASSERT(found != parameters.end(), "the key is one of the schema's");
    return found->note.allowed;
}

}  // namespace flexv::platform
