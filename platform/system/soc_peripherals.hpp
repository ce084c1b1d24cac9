// SPDX-License-Identifier: Apache-2.0
// The peripherals of the SoC on its bus: control registers, FLLs, interrupt controller, events,
// timer, UART, places to print, and placeholders for the rest. Wiring between them, nothing else.
#pragma once

#include "base/clock_domain.hpp"
#include "cluster_bus/cluster_bus.hpp"
#include "fll/fll.hpp"
#include "interrupt_controller/interrupt_controller.hpp"
#include "placeholder/placeholder.hpp"
#include "platform/config/configuration.hpp"
#include "platform/system/block.hpp"
#include "platform/system/memory_map.hpp"
#include "soc_control/soc_control.hpp"
#include "soc_events/soc_events.hpp"
#include "timer/timer.hpp"
#include "udma/control.hpp"
#include "udma/uart.hpp"
#include "virtual_stdout/virtual_stdout.hpp"

#include <memory>
#include <string>
#include <vector>

namespace flexv::platform {

class SocPeripherals {
public:
    /// Created within the constructor of the SoC, whose children the blocks become.
    SocPeripherals(ClockDomain& clock, const Configuration& config);
    SocPeripherals(const SocPeripherals&) = delete;
    SocPeripherals& operator=(const SocPeripherals&) = delete;

    /// Gives every block its window of `bus`.
    void connect(cluster_bus::ClusterBus& bus);
    /// All of them, placeholders included.
    [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
    /// Prints unfinished lines of the firmware.
    void flush_output();

    soc_control::SocControl control;
    fll::Fll fll_soc;
    fll::Fll fll_peripherals;
    fll::Fll fll_cluster;
    interrupt_controller::InterruptController interrupt_controller;
    soc_events::SocEvents events;
    timer::Timer timer;
    udma::Control udma;
    udma::Uart uart;
    virtual_stdout::VirtualStdout terminal;
    virtual_stdout::VirtualStdout mock_uart;

private:
    [[nodiscard]] std::vector<Block> list_blocks();
    void add_placeholder(const char* name, const char* what, const memory_map::Range& range);
    void wire_events();

    ClockDomain& clock_;
    std::vector<std::unique_ptr<placeholder::Placeholder>> placeholders_;
    std::vector<Block> blocks_;
};

/// Cycles of a clock of `mhz` between two edges of the 32768 Hz reference.
[[nodiscard]] Cycles reference_clock_cycles(double mhz);

}  // namespace flexv::platform
