// SPDX-License-Identifier: Apache-2.0
#include "platform/system/register_map.hpp"

#include "platform/system/memory_map.hpp"
#include "platform/system/soc.hpp"

namespace flexv::platform {

namespace {

namespace map = memory_map;

Address slot(map::Slot number) { return map::kCluster.base + map::slot_offset(number); }

Address demux_port(Address offset) { return map::kCluster.base + offset; }

}  // namespace

std::vector<RegisterBlock> register_blocks(const Soc& soc) {
    const Cluster& cluster = soc.cluster;
    const SocPeripherals& outside = soc.peripherals;
    return {
        {"CLUSTER_CTRL",
         "Cluster control unit.",
         {{"CLUSTER_CTRL", slot(map::kControlSlot)}},
         &cluster.control.registers()},
        {"TIMER",
         "Timers of the cluster and of the fabric controller.",
         {{"TIMER_CLUSTER", slot(map::kTimerSlot)}, {"TIMER_FC", map::kFabricTimer.base}},
         &cluster.timer.registers()},
        {"EU_GLOBAL",
         "Event unit, the view of anybody.",
         {{"EU_GLOBAL", slot(map::kEventUnitSlot)}},
         &cluster.event_unit.registers().global_view},
        {"ICACHE_CTRL",
         "Control of the instruction caches.",
         {{"ICACHE_CTRL", slot(map::kIcacheSlot)}},
         &cluster.icache.registers()},
        {"MCHAN",
         "DMA: the shared port, the fabric controller's, and the private one of each core.",
         {{"MCHAN_CL", slot(map::kDmaSlot)},
          {"MCHAN_FC", slot(map::kDmaFabricSlot)},
          {"MCHAN_DEMUX", demux_port(map::kDmaDemuxOffset)}},
         &cluster.dma.registers()},
        {"HMR",
         "Redundancy of the cores, a stub: all are independent.",
         {{"HMR", slot(map::kHmrSlot)}},
         &cluster.hmr.registers()},
        {"EU_DEMUX",
         "Event unit, the view of the core that asks.",
         {{"EU_DEMUX", demux_port(map::kEventUnitDemuxOffset)}},
         &cluster.event_unit.registers().core_view},
        {"FLL",
         "Frequency-locked loops.",
         {{"FLL_SOC", map::kFllSoc.base},
          {"FLL_PERIPH", map::kFllPeripherals.base},
          {"FLL_CLUSTER", map::kFllCluster.base}},
         &outside.fll_soc.registers()},
        {"UDMA_CTRL",
         "Common registers of the uDMA.",
         {{"UDMA_CTRL", map::kUdmaControl.base}},
         &outside.udma.registers()},
        {"UDMA_UART",
         "UART of the uDMA.",
         {{"UDMA_UART", map::kUart.base}},
         &outside.uart.registers()},
        {"SOC_CTRL",
         "SoC control.",
         {{"SOC_CTRL", map::kSocControl.base}},
         &outside.control.registers()},
        {"SOC_EVENT_GEN",
         "Event generator of the SoC.",
         {{"SOC_EVENT_GEN", map::kSocEvents.base}},
         &outside.events.registers()},
        {"FC_ITC",
         "Interrupt controller of the fabric controller.",
         {{"FC_ITC", map::kInterruptController.base}},
         &outside.interrupt_controller.registers()},
        {"STDOUT",
         "Where firmware prints: of the chip's and of the cluster's test bench.",
         {{"STDOUT", map::kStdout.base}, {"STDOUT_TB", map::kMockUart.base}},
         &outside.terminal.registers()},
    };
}

}  // namespace flexv::platform
