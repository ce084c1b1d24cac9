// SPDX-License-Identifier: Apache-2.0
#include "platform/system/fabric_controller.hpp"

#include "platform/system/memory_map.hpp"

namespace flexv::platform {

FabricController::FabricController(const sc_core::sc_module_name& name, ClockDomain& clock,
                                   unsigned index, const SocConfiguration& config,
                                   const core::translation::Settings& translation)
    : Module(name),
      extensions_(isa::isa_subset(config.fabric_controller.core.isa).value()),
      decoder_(extensions_),
      code("code", decoder_, {.translation = translation}),
      core("core", clock, code,
           {.index = index,
            .hartid = kHartid,
            .address_map = {.cluster_bytes = 0},
            .extensions = extensions_,
            .has_single_counter = config.fabric_controller.core.single_performance_counter,
            .has_quirks = config.fabric_controller.core.quirks,
            .mtvec_is_writable = true,
            .bus_errors = config.bus_errors,
            .isa_setting = fmt::format("soc.fabric_controller.core.isa = {}",
                                       config.fabric_controller.core.isa)}),
      port("port", clock,
           {.memory_base = memory_map::kL2Base,
            .memory_bytes = config.l2.size_bytes,
            .bus_cycles = config.fabric_controller.bus_cycles}) {
    core.peripheral_out(port.core_in);
}

}  // namespace flexv::platform
