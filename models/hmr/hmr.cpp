// SPDX-License-Identifier: Apache-2.0
#include "hmr/hmr.hpp"

namespace flexv::hmr {

namespace {

Hmr::Config checked(const Hmr::Config& config, const char* name) {
    if (config.core_count == 0 || config.core_count > 31)
        throw UserError("{}.core_count = {}: must be 1 to 31", name, config.core_count);
    return config;
}

}  // namespace

Hmr::Hmr(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config)
    : Module(name), config_(checked(config, this->name())), clock_(clock) {
    bank_.serve(bus_in, data_in);
}

}  // namespace flexv::hmr
