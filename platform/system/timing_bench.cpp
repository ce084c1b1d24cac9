// SPDX-License-Identifier: Apache-2.0
#include "platform/system/timing_bench.hpp"

#include "platform/system/soc.hpp"

namespace flexv::platform {

/// Window of the device. On the bench of a single core it also stands for a data memory that
/// answers at once at every address (tests/reference/timing/README.md).
core::AddressMap TimingBench::address_map() const {
    if (core_count_ == 1)
        return {.direct_base = 0, .direct_bytes = ~Address{0}};
    return {.direct_base = marker::Marker::Config{}.base, .direct_bytes = marker::Marker::kBytes};
}

CoreWiring& TimingBench::build(ClockDomain& clock) {
    marker_ = std::make_unique<marker::Marker>("marker", clock,
                                               marker::Marker::Config{.core_count = core_count_});
    return *this;
}

void TimingBench::connect(core::Core& core, sc_core::sc_export<InterruptSource>& /*acknowledges*/) {
    core.direct_out(marker_->core_in);
    core.interrupt_ack_out(marker_->interrupt_ack_in);
    marker_->interrupt_out[core.port()](core.interrupt_in);
}

void TimingBench::complete(Soc& soc) {
    Cluster& cluster = soc.cluster;
    marker_->interrupt_ack_out(cluster.event_unit.interrupt_ack_in);
    if (core_count_ == 1)
        marker_->memory_out.bind(cluster.bus.bus_in);
    marker_->sample_out.connect([&cluster](unsigned index) -> marker::HartSample {
        const core::Core& core = cluster.core(index);
        return {.instructions = core.instructions(),
                .tcdm_stalls = core.stall_cycles(core::Stall::tcdm)};
    });
    marker_->exit_out.connect([&soc](u32 code, Cycles /*now*/) { soc.end_with(code); });
}

std::unique_ptr<CoreWiring> core_wiring(const ClusterConfiguration& config) {
    if (config.marker.enabled)
        return std::make_unique<TimingBench>(config.core_count);
    return std::make_unique<CoreWiring>();
}

}  // namespace flexv::platform
