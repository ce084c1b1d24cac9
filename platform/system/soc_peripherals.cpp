// SPDX-License-Identifier: Apache-2.0
#include "platform/system/soc_peripherals.hpp"

#include "platform/files/input_file.hpp"

#include <cmath>

namespace flexv::platform {

namespace {

constexpr unsigned kFabricTimerLine = 10;  // LO; HI is the next one: docs/spec/firmware_abi.md 7.3

std::string contents_of(const std::string& path) {
    if (path.empty())
        return {};
    constexpr u64 kMaxBytes = 256_MiB;
    return read_input(path, kMaxBytes, "soc.uart.input = " + path);
}

soc_control::SocControl::Config control_config(const Configuration& config) {
    soc_control::SocControl::Config control;
    control.cluster_count = config.soc.clusters;
    control.core_count = config.soc.clusters * config.soc.cluster.core_count;
    return control;
}

udma::Uart::Config uart_config(const Configuration& config) {
    udma::Uart::Config uart;
    uart.input = contents_of(config.soc.uart.input);
    return uart;
}

}  // namespace

Cycles reference_clock_cycles(double mhz) {
    constexpr double kReferenceHz = 32768;
    return Cycles{std::max<u64>(1, u64(std::llround(mhz * 1e6 / kReferenceHz)))};
}

SocPeripherals::SocPeripherals(ClockDomain& clock, const Configuration& config)
    : control("soc_control", clock, control_config(config)),
      fll_soc("fll_soc", clock, {}),
      fll_peripherals("fll_peripherals", clock, {}),
      fll_cluster("fll_cluster", clock, {}),
      interrupt_controller("interrupt_controller", clock, config.soc.interrupt_controller),
      events("soc_events", clock, config.soc.events),
      timer("timer", clock, {.reference_clock_cycles = reference_clock_cycles(soc_mhz(config))}),
      udma("udma", clock),
      uart("uart", clock, uart_config(config)),
      terminal("stdout", clock, {}),
      mock_uart("mock_uart", clock, {}),
      clock_(clock),
      blocks_(list_blocks()) {
    namespace map = memory_map;
    add_placeholder("gpio", "GPIO", map::kGpio);
    add_placeholder("udma_rest", "uDMA beside its UART", map::kUdmaRest);
    add_placeholder("advanced_timer", "advanced timer", map::kAdvancedTimer);
    add_placeholder("power_management", "power management", map::kPowerManagement);
    add_placeholder("real_time_clock", "real-time clock", map::kRealTimeClock);
    add_placeholder("fabric_icache", "fabric controller's instruction cache", map::kFabricIcache);
    add_placeholder("fabric_accelerator", "fabric controller's accelerator",
                    map::kFabricAccelerator);
    add_placeholder("debug_unit", "debug unit", map::kDebugUnit);
    wire_events();
}

std::vector<Block> SocPeripherals::list_blocks() {
    namespace map = memory_map;
    const auto row = [](const char* name, const map::Range& range, RegisterBlock& block,
                        ManualEntry manual) {
        return Block{.name = name,
                     .range = range,
                     .bus = &block.bus_in,
                     .registers = &block.registers(),
                     .manual = std::move(manual)};
    };
    return {
        row("soc.fll_soc", map::kFllSoc, fll_soc, {"FLL", "FLL_SOC", "Frequency-locked loops."}),
        row("soc.fll_peripherals", map::kFllPeripherals, fll_peripherals, {"FLL", "FLL_PERIPH"}),
        row("soc.fll_cluster", map::kFllCluster, fll_cluster, {"FLL", "FLL_CLUSTER"}),
        row("soc.udma", map::kUdmaControl, udma,
            {"UDMA_CTRL", "UDMA_CTRL", "Common registers of the uDMA."}),
        row("soc.uart", map::kUart, uart, {"UDMA_UART", "UDMA_UART", "UART of the uDMA."}),
        row("soc.soc_control", map::kSocControl, control, {"SOC_CTRL", "SOC_CTRL", "SoC control."}),
        row("soc.soc_events", map::kSocEvents, events,
            {"SOC_EVENT_GEN", "SOC_EVENT_GEN", "Event generator of the SoC."}),
        row("soc.interrupt_controller", map::kInterruptController, interrupt_controller,
            {"FC_ITC", "FC_ITC", "Interrupt controller of the fabric controller."}),
        row("soc.timer", map::kFabricTimer, timer, {"TIMER", "TIMER_FC"}),
        row("soc.stdout", map::kStdout, terminal,
            {"STDOUT", "STDOUT",
             "Where firmware prints: of the chip's and of the cluster's test bench."}),
        row("soc.mock_uart", map::kMockUart, mock_uart, {"STDOUT", "STDOUT_TB"}),
    };
}

void SocPeripherals::add_placeholder(const char* name, const char* what,
                                     const memory_map::Range& range) {
    using placeholder::Placeholder;
    placeholders_.push_back(std::make_unique<Placeholder>(
        name, clock_, Placeholder::Config{.what = what, .size_bytes = u32(range.size_bytes)}));
    Placeholder& added = *placeholders_.back();
    blocks_.push_back({.name = added.name(), .title = what, .range = range, .bus = &added.bus_in});
}

void SocPeripherals::wire_events() {
    timer.interrupt_out.connect([this](unsigned line, bool is_high, Cycles now) {
        if (is_high)
            interrupt_controller.raise(kFabricTimerLine + line, now);
    });
    events.fabric_event_out.connect(
        [this](u8 id, Cycles now) { return interrupt_controller.push_event(id, now); });
    events.timer_start_out.connect([this](bool is_high, Cycles now) {
        timer.input_event(is_high ? timer::Timer::high : timer::Timer::low, now);
    });
    uart.event_out.connect([this](u8 id, Cycles now) { events.trigger(id, now); });
}

void SocPeripherals::connect(cluster_bus::ClusterBus& bus) {
    for (const Block& block : blocks_)
        bus.map(block.name, block.range.base, block.range.size_bytes,
                cluster_bus::Addressing::relative)
            .bind(*block.bus);
    uart.memory_out.bind(bus.bus_in);
}

void SocPeripherals::flush_output() {
    terminal.flush();
    mock_uart.flush();
}

}  // namespace flexv::platform
