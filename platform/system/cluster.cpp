// SPDX-License-Identifier: Apache-2.0
#include "platform/system/cluster.hpp"

#include "base/error.hpp"
#include "core/fault.hpp"
#include "platform/config/windows.hpp"
#include "platform/system/memory_map.hpp"
#include "platform/system/reset_blocks.hpp"

#include <algorithm>

namespace flexv::platform {

namespace {

namespace map = memory_map;
using cluster_bus::Addressing;

constexpr unsigned kHartidClusterBit = 5;  // docs/spec/cluster.md 9: cluster << 5 | core

isa::ExtensionSet extensions_of(const std::string& subset) {
    const auto extensions = isa::isa_subset(subset);
    FLEXV_ASSERT(extensions, "the configuration allows only known ISA subsets");
    return *extensions;
}

/// Ports of the TCDM crossbar: cores from 0, external masters and DMA in the upper half
/// (docs/spec/timing.md section 2); 16 ports do for eight cores and a DMA of four ports.
unsigned crossbar_ports(const ClusterConfiguration& config) {
    return config.core_count <= 8 && config.dma.tcdm_ports() <= 4 ? 16 : 32;
}

dma::Mchan::Config dma_config(const ClusterConfiguration& config, Address base) {
    dma::Mchan::Config dma = config.dma;
    dma.cluster_base = base;
    dma.core_count = config.core_count;
    dma.first_tcdm_port = crossbar_ports(config) - dma.tcdm_ports();  // the last ones
    return dma;
}

tcdm::Tcdm::Config tcdm_config(const ClusterConfiguration& config) {
    tcdm::Tcdm::Config tcdm = config.tcdm;
    tcdm.port_count = crossbar_ports(config);
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
    const ClusterConfiguration& config, Address base) {
    auto peripherals = config.peripherals;
    peripherals.cluster_base = base;
    peripherals.core_count = config.core_count;
    return peripherals;
}

}  // namespace

Cluster::Cluster(const sc_core::sc_module_name& name, ClusterDomain& clock, unsigned number,
                 const ClusterConfiguration& config, BusErrors bus_errors,
                 const core::translation::Settings& translation, Cycles reference_clock_cycles,
                 CoreWiring& core_wiring)
    : Module(name),
      clock_(clock),
      number_(number),
      config_(config),
      bus_errors_(bus_errors),
      extensions_(extensions_of(config.core.isa)),
      decoder_(extensions_),
      bus("bus", clock, config.bus),
      window("window", clock, {.latency_cycles = 0}),
      code("code", decoder_, {.mark_lines = !config.icache.is_ideal, .translation = translation}),
      cores_(make_cores(core_wiring.address_map())),
      dma("dma", clock, dma_config(config, range().base)),
      event_unit("event_unit", clock, event_unit_config(config)),
      icache("icache", clock, icache_config(config)),
      timer("timer", clock, {.reference_clock_cycles = reference_clock_cycles}),
      control("control", clock, {.core_count = config.core_count}),
      hmr("hmr", clock, {.core_count = config.core_count}),
      wiring(core_wiring.build(clock)),
      external_out(make_windows()),
      peripherals("peripherals", clock, peripherals_config(config, range().base)),
      tcdm("tcdm", clock, tcdm_config(config)),
      blocks_(placed(list_blocks())),
      reset_line_(clock.timeline, [this] { reset(); }) {
    wire_cores();
    wire_peripherals();
    wire_buses();
    wire_events();
}

Cluster::Cores Cluster::make_cores(const core::AddressMap& address_map) {
    Cores cores;
    core::AddressMap map = address_map;
    map.cluster_base = range().base;
    const std::string setting = fmt::format("soc.cluster.core.isa = {}", config_.core.isa);
    for (unsigned index = 0; index < config_.core_count; ++index)
        cores.push_back(std::make_unique<core::Core>(
            fmt::format("core{}", index).c_str(), clock_, code,
            core::Core::Config{.index = index,
                               .hartid = number_ << kHartidClusterBit | index,
                               .address_map = map,
                               .extensions = extensions_,
                               .has_single_counter = config_.core.single_performance_counter,
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
        event_unit.interrupt_out[core->port()](core->interrupt_in);
        wiring.connect(*core, event_unit.interrupt_ack_in);
    }
}

std::vector<std::unique_ptr<cosim::ExternalWindow>> Cluster::make_windows() const {
    std::vector<std::unique_ptr<cosim::ExternalWindow>> windows;
    for (const WindowConfiguration& own : config_.external_out)
        windows.push_back(std::make_unique<cosim::ExternalWindow>(
            ("external_out_" + own.name).c_str(), clock_,
            cosim::ExternalWindow::Config{
                .key = fmt::format("soc.{}.external_out.{}", short_name(), own.name),
                .size_bytes = own.size_bytes,
                .latency_cycles = own.latency_cycles}));
    return windows;
}

/// A window takes the place of a block that this cluster has not. Throws UserError where it lies
/// over one that it has.
void Cluster::add_windows(std::vector<Block>& blocks) {
    for (std::size_t index = 0; index < external_out.size(); ++index) {
        const WindowConfiguration& own = config_.external_out[index];
        const auto overlaps = [&own](const Block& block) {
            return own.base < block.range.base + block.range.size_bytes &&
                   block.range.base < own.base + own.size_bytes;
        };
        std::erase_if(blocks, [&](const Block& block) {
            return overlaps(block) && block.port == nullptr && block.registers == nullptr &&
                   block.bus == nullptr;
        });
        if (const auto other = std::ranges::find_if(blocks, overlaps); other != blocks.end())
            throw UserError(
                "soc.cluster.external_out: {} overlaps {} {:#010x}..{:#010x}; free slots: 4 and 9 "
                "to 15, 0x10201000 and 0x10202400..0x10203fff",
                text_of(own), other->name, other->range.base,
                other->range.base + other->range.size_bytes - 1);
        blocks.push_back({.name = "cluster.external_out." + own.name,
                          .title = own.name,
                          .range = {.base = Address(own.base), .size_bytes = own.size_bytes},
                          .bus = &external_out[index]->bus_in,
                          .answers_by_bus = true});
    }
}

/// Source of the slots: docs/spec/cluster.md 2.1.
std::vector<Block> Cluster::list_blocks() {
    std::vector<Block> blocks = {
        {.name = "cluster.control",
         .title = "cluster control",
         .range = map::slots(0, 1),
         .bus = &control.bus_in,
         .port = control.data_in.operator->(),
         .registers = &control.registers(),
         .manual = {"CLUSTER_CTRL", "CLUSTER_CTRL", "Cluster control unit."}},
        {.name = "cluster.timer",
         .title = "timer",
         .range = map::slots(1, 1),
         .bus = &timer.bus_in,
         .port = timer.data_in.operator->(),
         .registers = &timer.registers(),
         .manual = {"TIMER", "TIMER_CLUSTER",
                    "Timers of the cluster and of the fabric controller."}},
        {.name = "cluster.event_unit",
         .title = "event unit",
         .range = map::slots(2, 2),
         .bus = &event_unit.bus_in,
         .port = event_unit.peripheral_in.operator->(),
         .registers = &event_unit.registers().global_view,
         .manual = {"EU_GLOBAL", "EU_GLOBAL", "Event unit, the view of anybody."}},
        {.name = "cluster.icache",
         .title = "instruction cache control",
         .range = map::slots(5, 1),
         .bus = &icache.bus_in,
         .port = icache.registers_in.operator->(),
         .registers = &icache.registers(),
         .manual = {"ICACHE_CTRL", "ICACHE_CTRL", "Control of the instruction caches."}},
        {.name = "cluster.dma",
         .title = "DMA",
         .range = map::slots(6, 1),
         .bus = &dma.bus_in,
         .port = dma.cluster_in.operator->(),
         .registers = &dma.registers(),
         .manual = {"MCHAN", "MCHAN_CL",
                    "DMA: the shared port, the fabric controller's, and the private one of each "
                    "core."}},
        {.name = "cluster.dma_fabric",
         .title = "DMA, fabric controller's port",
         .range = map::slots(7, 1),
         .bus = &dma.fabric_bus_in,
         .port = dma.fabric_in.operator->(),
         .registers = &dma.registers(),
         .manual = {"MCHAN", "MCHAN_FC"}},
        {.name = "cluster.hmr",
         .title = "HMR unit",
         .range = map::slots(8, 1),
         .bus = &hmr.bus_in,
         .port = hmr.data_in.operator->(),
         .registers = &hmr.registers(),
         .manual = {"HMR", "HMR", "Redundancy of the cores, a stub: all are independent."}},
        // An HWPE is not in this cluster: its slot answers 0.
        {.name = "cluster.accelerator", .title = "accelerator", .range = map::slots(4, 1)},
        // Private to each core, in front of the interconnect.
        {.name = "cluster.event_unit_demux",
         .range = map::slots(16, 1),
         .registers = &event_unit.registers().core_view,
         .manual = {"EU_DEMUX", "EU_DEMUX", "Event unit, the view of the core that asks."}},
        {.name = "cluster.dma_demux",
         .range = map::slots(17, 1),
         .registers = &dma.registers(),
         .manual = {"MCHAN", "MCHAN_DEMUX"}},
    };
    add_windows(blocks);
    return blocks;
}

/// The blocks of a further cluster have the names and addresses of their own.
std::vector<Block> Cluster::placed(std::vector<Block> blocks) const {
    if (number_ == 0)
        return blocks;
    for (Block& block : blocks) {
        block.name = short_name() + block.name.substr(block.name.find('.'));
        block.title += fmt::format(" of {}", short_name());
        block.range.base += range().base - map::kCluster.base;
        if (!block.manual.instance.empty())
            block.manual = {.name = block.manual.name,
                            .instance = fmt::format("{}_{}", block.manual.instance, number_)};
    }
    return blocks;
}

void Cluster::wire_peripherals() {
    for (const Block& block : blocks_) {
        const Address base = block.range.base - range().base + map::kCluster.base;
        const unsigned first = map::slot_of(base);
        const unsigned last = map::slot_of(base + Address(block.range.size_bytes) - 1);
        if (block.answers_by_bus)
            peripherals.connect_socket(first, last, block.title).bind(*block.bus);
        else if (block.port != nullptr)
            peripherals.connect(first, last, *block.port, block.title);
        else if (block.registers == nullptr)
            peripherals.tie_off(first, last, block.title);
    }
}

void Cluster::wire_buses() {
    dma.tcdm_out(tcdm.initiators_in);
    peripherals.external_out.bind(bus.bus_in);
    dma.external_out.bind(bus.bus_in);
    code.code_out.bind(bus.bus_in);

    const std::string me = short_name();
    auto& own = bus.map(me + ".window", range().base, range().size_bytes, Addressing::relative);
    bus.map_again(me + ".alias", own, map::kClusterAlias.base, map::kClusterAlias.size_bytes,
                  Addressing::relative);
    own.bind(window.bus_in);

    auto& memory = window.map(me + ".tcdm", 0, config_.tcdm.size_bytes, Addressing::relative);
    window.map_again(me + ".tcdm test-and-set", memory, map::kTestAndSetOffset,
                     config_.tcdm.size_bytes, Addressing::absolute);
    memory.bind(tcdm.bus_in);
    for (const Block& block : blocks_)
        if (block.bus != nullptr)
            window
                .map(block.name, block.range.base - range().base, block.range.size_bytes,
                     Addressing::relative)
                .bind(*block.bus);
}

void Cluster::wire_events() {
    constexpr unsigned kTimerLine = 10;  // LO; HI is the next one (docs/spec/cluster.md 5.11)
    timer.interrupt_out.connect([this](unsigned line, bool level, Cycles now) {
        event_unit.level(kTimerLine + line, level, now);
    });
    dma.event_out.connect([this](unsigned port, unsigned line, Cycles cycle) {
        if (port < config_.core_count)  // the cluster's port has no line of its own
            event_unit.event(port, line, cycle);
        else if (port == dma.fabric_port())
            fabric_event_out(line, ClusterCycles(cycle));
    });
    dma.fault_out.connect([this](const Cause& cause, const std::string& what) {
        if (bus_errors_ == BusErrors::respond)
            return misuse_out(cause, what + "; an error slave answers");
        if (cause.is_known())
            throw core::Fault(cause.initiator, cause.pc, what);
        throw FirmwareFault(what);
    });
    const auto tell = [this](const Cause& cause, const std::string& what) {
        misuse_out(cause, what);
    };
    dma.misuse_out.connect(tell);
    for (const auto& core : cores_)
        core->probes.misuse.attach(tell);
    icache.flush_out.connect([this] {
        for (const auto& core : cores_)
            core->drop_line();
        flush_out();
    });
    control.fetch_enable_out.connect([this](unsigned index, bool is_enabled, Cycles now) {
        const bool starts = is_enabled && !is_held_in_reset();
        if (starts && index < cores_.size() && cores_[index]->is_off())
            cores_[index]->start(control.boot_address(index), now + 1);
    });
}

void Cluster::start_all(Address entry) {
    for (unsigned index = 0; index < config_.core_count; ++index)
        control.set_boot_address(index, entry);
    control.set_return_value(~0U);  // as the test bench of the cluster does
    control.enable_fetch((1U << config_.core_count) - 1, clock_.timeline.now());
}

void Cluster::reset() {
    settle(clock_.now());
    reset_blocks(*this);
    clock_.timeline.forget_group_of(reset_line_.agent());
}

void Cluster::settle_part(ClusterCycles now) {
    for (const auto& core : cores_)
        core->settle_part(Cycles(now));
}

void Cluster::settle(ClusterCycles end) {
    end_ = end;
    for (const auto& core : cores_)
        core->settle(Cycles(end));
}

}  // namespace flexv::platform
