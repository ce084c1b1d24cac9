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
    : RegisterBlock(name, clock, {.size_bytes = 0x400, .unmapped = Unmapped::read_zero_and_warn}),
      config_(checked(config, this->name())) {}

}  // namespace flexv::hmr
