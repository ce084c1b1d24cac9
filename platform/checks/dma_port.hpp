// SPDX-License-Identifier: Apache-2.0
// The registers of the DMA as a core reaches them: its own port, that of the cluster and that of
// the fabric controller. Places: docs/spec/cluster.md 6.1, 6.2.
#pragma once

#include "platform/system/memory_map.hpp"

#include <optional>

namespace flexv::platform {

enum class DmaRegister : u8 { command, status };

[[nodiscard]] constexpr std::optional<DmaRegister> dma_register_at(Address address) {
    constexpr unsigned kSlots[] = {6, 7, 17};
    if (address < memory_map::kClusterAlias.size_bytes)
        address += memory_map::kCluster.base;
    for (const unsigned slot : kSlots) {
        const memory_map::Range range = memory_map::slots(slot, 1);
        if (address - range.base < range.size_bytes)
            return (address & 0xC) == 0 ? DmaRegister::command : DmaRegister::status;
    }
    return std::nullopt;
}

}  // namespace flexv::platform
