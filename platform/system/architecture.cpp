// SPDX-License-Identifier: Apache-2.0
#include "platform/system/architecture.hpp"

namespace flexv::platform {

energy::Architecture architecture_of(const SocConfiguration& config) {
    const ClusterConfiguration& cluster = config.cluster;
    energy::Architecture sizes = {
        {"cores", u64{cluster.core_count}},
        {"core.isa", cluster.core.isa},
        {"tcdm.bytes", u64{cluster.tcdm.size_bytes}},
        {"tcdm.banks", u64{cluster.tcdm.bank_count}},
        {"icache.l1_bytes", u64{cluster.icache.l1_bytes}},
        {"icache.l1_ways", u64{cluster.icache.l1_ways}},
        {"icache.l15_bytes", u64{cluster.icache.l15_bytes}},
        {"icache.l15_banks", u64{cluster.icache.l15_banks}},
        {"icache.l15_ways", u64{cluster.icache.l15_ways}},
        {"event_unit.barriers", u64{cluster.event_unit.barrier_count}},
        {"event_unit.mutexes", u64{cluster.event_unit.mutex_count}},
        {"dma.tcdm_ports", u64{cluster.dma.tcdm_ports()}},
        {"l2.bytes", config.l2.size_bytes},
        {"l2.bytes_per_cycle", u64{config.l2.bytes_per_cycle}},
    };
    if (config.clusters > 1)
        sizes.emplace_back("clusters", u64{config.clusters});
    if (config.boot == Boot::fabric_controller)
        sizes.emplace_back("fabric_controller.isa", config.fabric_controller.core.isa);
    return sizes;
}

}  // namespace flexv::platform
