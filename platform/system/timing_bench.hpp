// SPDX-License-Identifier: Apache-2.0
// The bench on which the reference cycles of the RTL were measured (tests/reference/timing): a
// cluster whose cores reach the marker device beside their own ports.
#pragma once

#include "marker/marker.hpp"
#include "platform/config/configuration.hpp"
#include "platform/system/core_wiring.hpp"

#include <memory>

namespace flexv::platform {

class TimingBench final : public CoreWiring {
public:
    explicit TimingBench(unsigned core_count) : core_count_(core_count) {}

    [[nodiscard]] core::AddressMap address_map() const override;
    CoreWiring& build(ClockDomain& clock) override;
    void connect(core::Core& core, sc_core::sc_export<InterruptSource>& acknowledges) override;
    void complete(Soc& soc) override;

private:
    const unsigned core_count_;
    std::unique_ptr<marker::Marker> marker_;
};

/// The wiring that a configuration asks for: that of a chip, or the bench.
[[nodiscard]] std::unique_ptr<CoreWiring> core_wiring(const ClusterConfiguration& config);

}  // namespace flexv::platform
