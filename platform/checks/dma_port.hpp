// SPDX-License-Identifier: Apache-2.0
// The registers of a cluster's DMA as cores reach them: a core's own port, that of the cluster and
// that of the fabric controller. Places: docs/spec/cluster.md 6.1, 6.2.
#pragma once

#include "platform/system/memory_map.hpp"

#include <optional>

namespace flexv::platform {

struct DmaRegister {
    enum class Name : u8 { command, status };

    Name name = Name::command;
    unsigned cluster = 0;

    bool operator==(const DmaRegister&) const = default;
};

/// nullopt for what is no register of a DMA; `address` is that of the chip.
[[nodiscard]] constexpr std::optional<DmaRegister> dma_register_at(Address address) {
    constexpr unsigned kSlots[] = {6, 7, 17};
    const std::optional<unsigned> cluster = memory_map::cluster_at(address);
    for (const unsigned slot : kSlots) {
        const memory_map::Range range = memory_map::slots(slot, 1);
        if (cluster && memory_map::in_first_cluster(address) - range.base < range.size_bytes)
            return DmaRegister{.name = (address & 0xC) == 0 ? DmaRegister::Name::command
                                                            : DmaRegister::Name::status,
                               .cluster = *cluster};
    }
    return std::nullopt;
}

}  // namespace flexv::platform
