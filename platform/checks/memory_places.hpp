// SPDX-License-Identifier: Apache-2.0
// One address for each byte of memory, whichever view it was reached through: the TCDM has an alias
// at 0, a test-and-set view, and repeats in its window.
#pragma once

#include "platform/firmware/image_placement.hpp"
#include "platform/system/memory_map.hpp"

#include <bit>
#include <optional>
#include <vector>

namespace flexv::platform {

class MemoryPlaces {
public:
    /// The first of `memories` is the TCDM, as Soc::memories() has it.
    explicit MemoryPlaces(std::vector<MemoryRange> memories) : memories_(std::move(memories)) {}

    struct Place {
        Address address = 0;  ///< in the range of its memory
        bool is_tcdm = false;
        bool is_test_and_set = false;
    };
    /// nullopt for what is no memory.
    [[nodiscard]] std::optional<Place> at(Address address) const {
        const MemoryRange& tcdm = memories_.front();
        Address offset = address - memory_map::kCluster.base;
        if (offset >= memory_map::kCluster.size_bytes)
            offset = address;
        if (offset < memory_map::kPeripheralOffset) {
            const Address inside =
                offset % memory_map::kTestAndSetOffset & (Address(tcdm.size_bytes) - 1);
            return Place{.address = tcdm.base + inside,
                         .is_tcdm = true,
                         .is_test_and_set = offset >= memory_map::kTestAndSetOffset};
        }
        for (std::size_t i = 1; i < memories_.size(); ++i)
            if (address - memories_[i].base < memories_[i].size_bytes)
                return Place{.address = address};
        return std::nullopt;
    }
    /// Where a DMA address lies: only its bits inside the TCDM count.
    [[nodiscard]] Address in_tcdm(Address address) const {
        const MemoryRange& tcdm = memories_.front();
        return tcdm.base + (address & (Address(tcdm.size_bytes) - 1));
    }
    [[nodiscard]] const std::vector<MemoryRange>& memories() const { return memories_; }

private:
    const std::vector<MemoryRange> memories_;
};

}  // namespace flexv::platform
