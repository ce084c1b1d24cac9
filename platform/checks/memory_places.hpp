// SPDX-License-Identifier: Apache-2.0
// One address for each byte of memory, whichever view it was reached through: a TCDM has a
// test-and-set view and repeats in its window. What a core sees elsewhere is CoreView's.
#pragma once

#include "platform/firmware/image_placement.hpp"
#include "platform/system/memory_map.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace flexv::platform {

class MemoryPlaces {
public:
    /// The first of `memories` are the TCDMs of so many clusters, as Soc::memories() has them.
    MemoryPlaces(std::vector<MemoryRange> memories, std::size_t clusters)
        : memories_(std::move(memories)), clusters_(clusters) {}

    struct Place {
        Address address = 0;  ///< in the range of its memory
        bool is_test_and_set = false;
    };
    /// nullopt for what is no memory.
    [[nodiscard]] std::optional<Place> at(Address address) const {
        const std::optional<unsigned> cluster = memory_map::cluster_at(address);
        const Address offset = memory_map::in_first_cluster(address) - memory_map::kCluster.base;
        if (cluster && *cluster < clusters_ && offset < memory_map::kPeripheralOffset)
            return Place{.address = in_tcdm(offset % memory_map::kTestAndSetOffset, *cluster),
                         .is_test_and_set = offset >= memory_map::kTestAndSetOffset};
        for (std::size_t i = clusters_; i < memories_.size(); ++i)
            if (address - memories_[i].base < memories_[i].size_bytes)
                return Place{.address = address};
        return std::nullopt;
    }
    /// Where an address of the DMA of `cluster` lies: only its bits inside the TCDM count.
    [[nodiscard]] Address in_tcdm(Address address, unsigned cluster) const {
        const MemoryRange& tcdm = memories_[cluster];
        return tcdm.base + (address & (Address(tcdm.size_bytes) - 1));
    }
    [[nodiscard]] const std::vector<MemoryRange>& memories() const { return memories_; }

private:
    const std::vector<MemoryRange> memories_;
    const std::size_t clusters_;
};

}  // namespace flexv::platform
