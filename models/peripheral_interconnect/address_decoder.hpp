// SPDX-License-Identifier: Apache-2.0
// Where an access of a core goes behind the demultiplexer: a peripheral slot of the own cluster, a
// hole between them, or out. Plain logic over addresses.
#pragma once

#include "base/units.hpp"

namespace flexv::peripheral_interconnect {

inline constexpr unsigned kSlots = 16;
inline constexpr u32 kSlotBytes = 0x400;
inline constexpr Address kPeripheralOffset = 0x0020'0000;  ///< slot 0 in the cluster's window

struct Route {
    enum class Kind { slot, hole, external };
    Kind kind = Kind::external;
    unsigned slot = 0;    ///< valid for Kind::slot
    Address address = 0;  ///< without the own-cluster alias
};

/// docs/spec/cluster.md 2.1, 2.2 and 2.5. The alias at 0 covers the whole window, as in the older
/// RTL.
constexpr Route route(Address address, Address cluster_base) {
    constexpr Address kWindow = 0x0040'0000;
    const bool is_alias = address < kWindow;
    const Address offset = is_alias ? address : address - cluster_base;
    if (offset >= kWindow || offset < kPeripheralOffset)
        return {.kind = Route::Kind::external, .address = address};
    const Address absolute = cluster_base + offset;
    const u32 slot = (offset - kPeripheralOffset) / kSlotBytes;
    if (slot >= kSlots)
        return {.kind = Route::Kind::hole, .address = absolute};
    return {.kind = Route::Kind::slot, .slot = slot, .address = absolute};
}

}  // namespace flexv::peripheral_interconnect
