// SPDX-License-Identifier: Apache-2.0
#include "platform/system/cluster.hpp"

#include "base/error.hpp"
#include "core/fault.hpp"
#include "platform/system/memory_map.hpp"

namespace flexv::platform {

namespace {

namespace map = memory_map;
using cluster_bus::Addressing;

isa::ExtensionSet extensions_of(const std::string& subset) {
    const auto extensions = isa::isa_subset(subset);
    FLEXV_ASSERT(extensions, "the configuration allows only known ISA subsets");
    return *extensions;
}

/// Ports of the TCDM crossbar: cores from 0, external masters and DMA in the upper half
/// (docs/spec/timing.md section 2); 16 ports do for eight cores.
unsigned crossbar_ports(unsigned core_count) { return core_count <= 8 ? 16 : 32; }

dma::Mchan::Config dma_config(const ClusterConfiguration& config) {
    const unsigned first = crossbar_ports(config.core_count) - 4;  // the last four ports
    return {.core_count = config.core_count,
            .tcdm_read_ports = {first, first + 1},
            .tcdm_write_ports = {first + 2, first + 3}};
}

tcdm::Tcdm::Config tcdm_config(const ClusterConfiguration& config) {
    tcdm::Tcdm::Config tcdm = config.tcdm;
    tcdm.port_count = crossbar_ports(config.core_count);
    return tcdm;
}

event_unit::Config event_unit_config(const ClusterConfiguration& config) {
    event_unit::Config event_unit = config.event_unit;
    event_unit.core_count = config.core_count;
    return event_unit;
}

icache::InstructionCache::Config icache_config(const ClusterConfiguration& config) {
    icache::InstructionCache::Config icache = config.icache;
    icache.core_count = config.core_count;
    return icache;
}

peripheral_interconnect::PeripheralInterconnect::Config peripherals_config(
    const ClusterConfiguration& config) {
    auto peripherals = config.peripherals;
    peripherals.core_count = config.core_count;
    return peripherals;
}

/// Window of the device that timing programs talk to. On the bench of a single core it also stands
/// for a data memory that answers at once at every address (tests/reference/timing/README.md).
core::AddressMap address_map_of(const ClusterConfiguration& config) {
    if (!config.marker.enabled)
        return {};
    if (config.core_count == 1)
        return {.direct_base = 0, .direct_bytes = ~Address{0}};
    return {.direct_base = marker::Marker::Config{}.base, .direct_bytes = marker::Marker::kBytes};
}

}  // namespace

Cluster::Cluster(const sc_core::sc_module_name& name, ClockDomain& clock,
                 const ClusterConfiguration& config, BusErrors bus_errors,
                 u64 reference_clock_cycles)
    : Module(name),
      clock_(clock),
      config_(config),
      bus_errors_(bus_errors),
      extensions_(extensions_of(config.core.isa)),
      decoder_(extensions_),
      bus("bus", clock, config.bus),
      window("window", clock, {.latency_cycles = 0}),
      code("code", decoder_, {.mark_lines = !config.icache.is_ideal}),
      cores_(make_cores()),
      dma("dma", clock, dma_config(config)),
      event_unit("event_unit", clock, event_unit_config(config)),
      icache("icache", clock, icache_config(config)),
      timer("timer", clock, {.reference_clock_cycles = reference_clock_cycles}),
      control("control", clock, {.core_count = config.core_count}),
      hmr("hmr", clock, {.core_count = config.core_count}),
      marker(config.marker.enabled
                 ? std::make_unique<marker::Marker>(
                       "marker", clock, marker::Marker::Config{.core_count = config.core_count})
                 : nullptr),
      peripherals("peripherals", clock, peripherals_config(config)),
      tcdm("tcdm", clock, tcdm_config(config)) {
    wire_cores();
    wire_peripherals();
    wire_buses();
    wire_events();
    if (marker)
        wire_marker();
}

Cluster::Cores Cluster::make_cores() {
    Cores cores;
    const std::string setting = fmt::format("soc.cluster.core.isa = {}", config_.core.isa);
    for (unsigned index = 0; index < config_.core_count; ++index)
        cores.push_back(
            std::make_unique<core::Core>(fmt::format("core{}", index).c_str(), clock_, code,
                                         core::Core::Config{.index = index,
                                                            .hartid = index,
                                                            .address_map = address_map_of(config_),
                                                            .extensions = extensions_,
                                                            .has_quirks = config_.core.quirks,
                                                            .bus_errors = bus_errors_,
                                                            .isa_setting = setting}));
    return cores;
}

void Cluster::wire_cores() {
    for (const auto& core : cores_) {
        core->tcdm_out(tcdm.initiators_in);
        core->event_unit_out(event_unit.core_in);
        core->dma_out(dma.core_in);
        core->peripheral_out(peripherals.core_in);
        if (!config_.icache.is_ideal)
            core->fetch_out(icache.fetch_in);
        if (!marker)
            core->interrupt_ack_out(event_unit.interrupt_ack_in);
        event_unit.interrupt_out[core->port()](core->interrupt_in);
    }
}

void Cluster::wire_peripherals() {
    const auto attach = [this](map::Slot slot, unsigned slots, auto& port, const char* target) {
        peripherals.connect(slot, slot + slots - 1, *port.operator->(), target);
    };
    attach(map::kControlSlot, 1, control.data_in, "cluster control");
    attach(map::kTimerSlot, 1, timer.data_in, "timer");
    attach(map::kEventUnitSlot, 2, event_unit.peripheral_in, "event unit");
    attach(map::kIcacheSlot, 1, icache.registers_in, "instruction cache control");
    attach(map::kDmaSlot, 1, dma.cluster_in, "DMA");
    attach(map::kDmaFabricSlot, 1, dma.fabric_in, "DMA, fabric controller's port");
    attach(map::kHmrSlot, 1, hmr.data_in, "HMR unit");
    peripherals.tie_off(map::kAcceleratorSlot, map::kAcceleratorSlot, "accelerator");
}

void Cluster::wire_buses() {
    dma.tcdm_out(tcdm.initiators_in);
    peripherals.external_out.bind(bus.bus_in);
    dma.external_out.bind(bus.bus_in);
    code.code_out.bind(bus.bus_in);

    auto& own = bus.map("cluster.window", map::kCluster.base, map::kCluster.size_bytes,
                        Addressing::relative);
    bus.map_again("cluster.alias", own, map::kClusterAlias.base, map::kClusterAlias.size_bytes,
                  Addressing::relative);
    own.bind(window.bus_in);

    auto& memory = window.map("cluster.tcdm", 0, config_.tcdm.size_bytes, Addressing::relative);
    window.map_again("cluster.tcdm test-and-set", memory, map::kTestAndSetOffset,
                     config_.tcdm.size_bytes, Addressing::absolute);
    memory.bind(tcdm.bus_in);
    const auto attach = [this](const char* target, map::Slot slot, unsigned slots, auto& socket) {
        window
            .map(target, map::slot_offset(slot), slots * map::kPeripheralSlotBytes,
                 Addressing::relative)
            .bind(socket);
    };
    attach("cluster.control", map::kControlSlot, 1, control.bus_in);
    attach("cluster.timer", map::kTimerSlot, 1, timer.bus_in);
    attach("cluster.event_unit", map::kEventUnitSlot, 2, event_unit.bus_in);
    attach("cluster.icache", map::kIcacheSlot, 1, icache.bus_in);
    attach("cluster.dma", map::kDmaSlot, 1, dma.bus_in);
    attach("cluster.dma_fabric", map::kDmaFabricSlot, 1, dma.fabric_bus_in);
    attach("cluster.hmr", map::kHmrSlot, 1, hmr.bus_in);
}

void Cluster::wire_events() {
    constexpr unsigned kTimerLine = 10;  // LO; HI is the next one (docs/spec/cluster.md 5.11)
    timer.on_interrupt = [this](unsigned line, bool level, Cycles now) {
        event_unit.level(kTimerLine + line, level, now);
    };
    dma.on_event = [this](unsigned port, unsigned line, Cycles cycle) {
        if (port < config_.core_count)  // the cluster's port has no line of its own
            event_unit.event(port, line, cycle);
        else if (port == dma.fabric_port() && on_fabric_event)
            on_fabric_event(line, cycle);
    };
    dma.on_fault = [this](const Cause& cause, const std::string& what) {
        if (bus_errors_ == BusErrors::respond)
            return tell_misuse(cause, what + "; an error slave answers");
        if (cause.is_known())
            throw core::Fault(cause.initiator, cause.pc, what);
        throw FirmwareFault(what);
    };
    dma.on_misuse = [this](const Cause& cause, const std::string& what) {
        tell_misuse(cause, what);
    };
    for (const auto& core : cores_)
        core->on_misuse = dma.on_misuse;
    icache.on_flush = [this] {
        for (const auto& core : cores_)
            core->drop_line();
    };
    control.on_fetch_enable = [this](unsigned index, bool is_enabled, Cycles now) {
        if (is_enabled && index < cores_.size() && cores_[index]->is_off())
            cores_[index]->start(control.boot_address(index), now + 1);
    };
}

void Cluster::tell_misuse(const Cause& cause, const std::string& what) const {
    if (on_misuse)
        on_misuse(cause, what);
}

void Cluster::wire_marker() {
    for (const auto& core : cores_) {
        core->direct_out(marker->core_in);
        core->interrupt_ack_out(marker->interrupt_ack_in);
        marker->interrupt_out[core->port()](core->interrupt_in);
    }
    marker->interrupt_ack_out(event_unit.interrupt_ack_in);
    if (config_.core_count == 1)
        marker->memory_out.bind(bus.bus_in);
    marker->sample = [this](unsigned index) -> marker::HartSample {
        const core::Core& core = *cores_.at(index);
        return {.instructions = core.instructions(),
                .tcdm_stalls = core.stall_cycles(core::Stall::tcdm)};
    };
}

void Cluster::start_all(Address entry) {
    for (unsigned index = 0; index < config_.core_count; ++index)
        control.set_boot_address(index, entry);
    control.set_return_value(~0U);  // as the test bench of the cluster does
    control.enable_fetch((1U << config_.core_count) - 1, 0);
}

void Cluster::settle_part(Cycles now) {
    for (const auto& core : cores_)
        core->settle_part(now);
}

void Cluster::settle(Cycles end) {
    end_ = end;
    for (const auto& core : cores_)
        core->settle(end);
}

}  // namespace flexv::platform
