// SPDX-License-Identifier: Apache-2.0
// The arbiter inside the DMA (mchan_arbiter of the RTL). Not that of the TCDM's crossbar: where
// both halves of a node ask, a counter of all grants decides.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <bit>

namespace flexv::dma {

/// Chooses one of up to 32 ports in each cycle.
class TreeArbiter {
public:
    /// `ports` is rounded up to a power of two: the width of the tree.
    explicit TreeArbiter(unsigned ports) : top_bit_(std::bit_ceil(ports) / 2) {}

    /// The port that is granted; `requests` has one bit per port and is not 0.
    unsigned grant(u32 requests) {
        unsigned first = 0;
        for (unsigned half = top_bit_; half != 0; half /= 2) {
            const u32 members = (1U << half) - 1;
            const bool lower = ((requests >> first) & members) != 0;
            const bool upper = ((requests >> (first + half)) & members) != 0;
            if (!lower || (upper && (grants_ & half) != 0))
                first += half;
        }
        ++grants_;
        return first;
    }
    void serialize(StateArchive& archive) { archive(grants_); }

private:
    unsigned top_bit_;
    unsigned grants_ = 0;
};

}  // namespace flexv::dma
