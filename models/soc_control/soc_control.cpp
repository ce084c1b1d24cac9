// SPDX-License-Identifier: Apache-2.0
#include "soc_control/soc_control.hpp"

namespace flexv::soc_control {

SocControl::SocControl(const sc_core::sc_module_name& name, ClockDomain& clock,
                       const Config& config)
    : Module(name), config_(config), clock_(clock) {
    if (config.boot_select > 3)
        throw UserError("{}.boot_select = {}: must be 0 to 3", this->name(), config.boot_select);
    bank_.serve(bus_in, data_in);
}

void SocControl::reset() {
    bank_.reset();
    has_warned_of_pads_ = false;
}

void SocControl::warn_of_pads() {
    if (has_warned_of_pads_)
        return;
    has_warned_of_pads_ = true;
    log_.warn("pads are not modelled: PADFUN and PADCFG only store what is written; said once");
}

}  // namespace flexv::soc_control
