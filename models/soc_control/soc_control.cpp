// SPDX-License-Identifier: Apache-2.0
#include "soc_control/soc_control.hpp"

#include "base/state_archive.hpp"

namespace flexv::soc_control {

SocControl::SocControl(const sc_core::sc_module_name& name, ClockDomain& clock,
                       const Config& config)
    : RegisterBlock(name, clock, {.size_bytes = 0x1000, .unmapped = Unmapped::read_zero_and_warn}),
      config_(config) {
    if (config.boot_select > 3)
        throw UserError("{}.boot_select = {}: must be 0 to 3", this->name(), config.boot_select);
}

void SocControl::reset() {
    RegisterBlock::reset();
    has_warned_of_pads_ = false;
}

void SocControl::serialize(StateArchive& archive) {
    RegisterBlock::serialize(archive);
    archive(has_warned_of_pads_);
}

void SocControl::change_cluster_ctrl(u32 old) {
    const bool is_held = cluster_ctrl_[cluster_running] == 0;
    const bool was_held = (old & cluster_running.mask()) == 0;
    if (is_held != was_held)
        cluster_reset_out(is_held, bank_.now());
}

void SocControl::warn_of_pads() {
    if (has_warned_of_pads_)
        return;
    has_warned_of_pads_ = true;
    log_.warn("pads are not modelled: PADFUN and PADCFG only store what is written; said once");
}

}  // namespace flexv::soc_control
