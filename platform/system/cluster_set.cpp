// SPDX-License-Identifier: Apache-2.0
#include "platform/system/cluster_set.hpp"

#include "platform/system/memory_map.hpp"
#include "platform/system/soc_peripherals.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flexv::platform {

namespace {

/// "to_cluster", "to_cluster1"
std::string numbered(const char* name, unsigned number) {
    return number == 0 ? name : fmt::format("{}{}", name, number);
}

/// The cluster's DMA moves no more in a cycle than L2 gives.
ClusterConfiguration cluster_config(const SocConfiguration& config) {
    ClusterConfiguration cluster = config.cluster;
    cluster.dma.target_bytes = config.l2.bytes_per_cycle;
    return cluster;
}

l2_arbiter::L2Arbiter::Config arbiter_config(const SocConfiguration& config) {
    return {.cluster_count = config.clusters,
            .memory_base = memory_map::kL2Base,
            .memory_bytes = config.l2.size_bytes,
            .bytes_per_cycle = config.l2.bytes_per_cycle};
}

bool has_started(Cluster& cluster) {
    for (unsigned index = 0; index < cluster.core_count(); ++index)
        if (!cluster.core(index).is_off())
            return true;
    return false;
}

}  // namespace

u32 code_of_status(u32 status) {
    constexpr u32 kIsValid = 0x8000'0000;
    return (status & ~kIsValid) | (status << 1 & kIsValid);
}

ClusterSet::ClusterSet(ClusterDomain& cluster_clock, SocDomain& soc_clock,
                       const Configuration& config, CoreWiring& wiring)
    : clock_(cluster_clock), soc_clock_(soc_clock), config_(config) {
    for (unsigned number = 0; number < config.soc.clusters; ++number)
        add(number, number == 0 ? &wiring : nullptr);
    if (config.soc.clusters > 1)
        arbiter_ = std::make_unique<l2_arbiter::L2Arbiter>("l2_arbiter", soc_clock,
                                                           arbiter_config(config.soc));
}

void ClusterSet::add(unsigned number, CoreWiring* wiring) {
    using clock_crossing::ClockCrossing;
    if (number != 0)
        clock_.timeline.begin_group();
    auto port = std::make_unique<Port>();
    if (wiring == nullptr)
        port->wiring = std::make_unique<CoreWiring>();
    port->cluster = std::make_unique<Cluster>(
        numbered("cluster", number).c_str(), clock_, number, cluster_config(config_.soc),
        config_.soc.bus_errors, core::translation::Settings::of(config_.simulation.translate),
        reference_clock_cycles(config_.clock.mhz), wiring == nullptr ? *port->wiring : *wiring);
    port->to_cluster =
        std::make_unique<ClockCrossing>(numbered("to_cluster", number).c_str(), soc_clock_, clock_);
    port->from_cluster = std::make_unique<ClockCrossing>(numbered("from_cluster", number).c_str(),
                                                         clock_, soc_clock_);
    all_.push_back(port->cluster.get());
    ports_.push_back(std::move(port));
}

void ClusterSet::connect(cluster_bus::ClusterBus& bus) {
    for (const auto& port : ports_)
        connect(*port, bus);
    if (arbiter_)
        arbiter_->bus_out.bind(bus.bus_in);
}

void ClusterSet::connect(Port& port, cluster_bus::ClusterBus& bus) {
    Cluster& cluster = *port.cluster;
    bus.map("soc." + cluster.short_name(), cluster.range().base, cluster.range().size_bytes,
            cluster_bus::Addressing::relative)
        .bind(port.to_cluster->bus_in);
    port.to_cluster->bus_out.bind(cluster.window.bus_in);
    port.to_cluster->is_cut_out.connect([&cluster] { return cluster.is_held_in_reset(); });
    cluster.bus.map_rest(numbered("soc.bus", cluster.number())).bind(port.from_cluster->bus_in);
    if (arbiter_)
        port.from_cluster->bus_out.bind(arbiter_->clusters_in);
    else
        port.from_cluster->bus_out.bind(bus.bus_in);
    cluster.control.end_of_computation_out.connect(
        [this, &cluster](u32 /*value*/, Cycles /*now*/) { end_of(cluster); });
}

/// One that no core of was started has nothing to end; a fabric controller may end such a one.
void ClusterSet::end_of(const Cluster& cluster) {
    u32 code = 0;
    for (Cluster* const each : all_) {
        if (each != &cluster && !has_started(*each))
            continue;
        if (!each->control.end_of_computation())
            return;
        if (code == 0)
            code = code_of_status(each->control.return_value());
    }
    ended_out(code);
}

Cluster* ClusterSet::holder(Address address) const {
    const auto found = std::ranges::find_if(all_, [address](const Cluster* cluster) {
        return address - cluster->range().base < cluster->range().size_bytes;
    });
    return found == all_.end() ? nullptr : *found;
}

void ClusterSet::hold_in_reset(bool is_held, ClusterCycles cycle) {
    for (Cluster* const cluster : all_)
        cluster->hold_in_reset(is_held, cycle);
}

void ClusterSet::reset() {
    for (Cluster* const cluster : all_)
        cluster->reset();
}

void ClusterSet::forget_reset() {
    for (Cluster* const cluster : all_)
        cluster->forget_reset();
}

void ClusterSet::settle(ClusterCycles end) {
    for (Cluster* const cluster : all_)
        cluster->settle(end);
}

void ClusterSet::settle_part(ClusterCycles now) {
    for (Cluster* const cluster : all_)
        cluster->settle_part(now);
}

}  // namespace flexv::platform
