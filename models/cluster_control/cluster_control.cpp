// SPDX-License-Identifier: Apache-2.0
#include "cluster_control/cluster_control.hpp"

namespace flexv::cluster_control {

namespace {

ClusterControl::Config checked(const ClusterControl::Config& config, const char* name) {
    if (config.core_count == 0 || config.core_count > ClusterControl::kMaxCores)
        throw UserError("{}.core_count = {}: must be 1 to {}", name, config.core_count,
                        ClusterControl::kMaxCores);
    return config;
}

/// Address bits 8:6 choose a group; within it bits 5:3 choose a register, so most repeat every 8
/// bytes. The boot addresses stand 4 bytes apart. Source: docs/spec/cluster.md, section 4.
u32 fold_repeats(u32 offset) {
    const bool is_boot_address = (offset & 0x1c0) == 0x040;
    return offset & (is_boot_address ? 0x1fcU : 0x1f8U);
}

}  // namespace

ClusterControl::ClusterControl(const sc_core::sc_module_name& name, ClockDomain& clock,
                               const Config& config)
    : RegisterBlock(name, clock,
                    {.size_bytes = 0x400, .unmapped = Unmapped::read_zero, .fold = fold_repeats}),
      config_(checked(config, this->name())) {}

void ClusterControl::enable_fetch(u32 core_mask, Cycles now) {
    const u32 old = fetch_en_.value();
    fetch_en_.set(old | (core_mask & fetch_en_.writable_mask()));
    change_fetch_enable(old, fetch_en_.value(), now);
}

void ClusterControl::change_fetch_enable(u32 old, u32 enabled, Cycles now) {
    for (unsigned core = 0; core < config_.core_count; ++core) {
        const bool is_on = (enabled >> core & 1) != 0;
        const bool was_on = (old >> core & 1) != 0;
        if (is_on == was_on)
            continue;
        log_.debug("core {} {} at 0x{:08x}", core, is_on ? "starts" : "stops", boot_address(core));
        fetch_enable_out(core, is_on, now);
    }
}

void ClusterControl::change_end_of_computation(u32 old) {
    const bool rises = (old & eoc.mask()) == 0 && end_of_computation();
    if (rises)
        end_of_computation_out(return_.value(), bank_.now());
}

}  // namespace flexv::cluster_control
