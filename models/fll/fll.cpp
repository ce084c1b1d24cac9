// SPDX-License-Identifier: Apache-2.0
#include "fll/fll.hpp"

#include <cmath>

namespace flexv::fll {

Fll::Fll(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config)
    : RegisterBlock(name, clock, {.size_bytes = 0x10}), config_(config) {
    if (!(config.reference_hz > 0))
        throw UserError("{}.reference_hz = {}: must be above 0", this->name(), config.reference_hz);
}

double Fll::frequency_hz() const {
    const u32 code = conf1_[divider];
    const int halvings = code == 0 ? 0 : int(code) - 1;
    return std::ldexp(config_.reference_hz * conf1_[multiplier], -halvings);
}

void Fll::change_frequency() {
    if (conf1_[mode] == 0)
        return;
    if (conf1_[multiplier] == 0) {
        log_.warn("multiplier 0 in CONF1 would stop the clock for ever; ignored");
        return;
    }
    ++retunings_;
    log_.debug("{} Hz", frequency_hz());
    frequency_out(frequency_hz());
}

}  // namespace flexv::fll
