// SPDX-License-Identifier: Apache-2.0
// The fabric controller: one core outside the cluster, which boots first and starts the cluster.
// The same core model with its own decoded code and its own data port; wiring, nothing else.
#pragma once

#include "base/clock_domain.hpp"
#include "base/module.hpp"
#include "core/core.hpp"
#include "core/decode/decode_cache.hpp"
#include "fabric_port/fabric_port.hpp"
#include "isa/decoder.hpp"
#include "platform/config/configuration.hpp"

namespace flexv::platform {

class FabricController final : public Module {
private:
    const isa::ExtensionSet extensions_;
    const isa::Decoder decoder_;

public:
    /// Cluster 31, core 0: docs/spec/cluster.md section 9.
    static constexpr u32 kHartid = 31U << 5;

    /// `index` tells its core from those of the cluster.
    FabricController(const sc_core::sc_module_name& name, ClockDomain& clock, unsigned index,
                     const SocConfiguration& config,
                     const core::translation::Settings& translation);

    core::DecodeCache code;
    core::Core core;
    fabric_port::FabricPort port;
};

}  // namespace flexv::platform
