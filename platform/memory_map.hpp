// SPDX-License-Identifier: Apache-2.0
// Where everything lies in the 32-bit address space, for all who wire or load. Source:
// spec/cluster.md section 2.
#pragma once

#include "base/units.hpp"

namespace flexv::platform::memory_map {

struct Range {
    Address base = 0;
    u64 size_bytes = 0;
};

inline constexpr Range kCluster{.base = 0x1000'0000, .size_bytes = 4_MiB};
inline constexpr Range kClusterAlias{.base = 0, .size_bytes = 4_MiB};
inline constexpr Address kTestAndSetOffset = 0x0010'0000;  // from the cluster's base
inline constexpr Address kPeripheralOffset = 0x0020'0000;  // from the cluster's base
inline constexpr Address kPeripheralSlotBytes = 0x400;

/// Slots of kPeripheralSlotBytes from kPeripheralOffset on.
enum Slot : unsigned {
    kControlSlot = 0,
    kTimerSlot = 1,
    kEventUnitSlot = 2,    // and 3
    kAcceleratorSlot = 4,  // HWPE, not in this cluster
    kIcacheSlot = 5,
    kDmaSlot = 6,
    kDmaFabricSlot = 7,
    kHmrSlot = 8,
};
constexpr Address slot_offset(Slot slot) { return kPeripheralOffset + slot * kPeripheralSlotBytes; }

inline constexpr Range kSocControl{.base = 0x1a10'4000, .size_bytes = 4_KiB};
inline constexpr Range kStdout{.base = 0x1a10'f000, .size_bytes = 4_KiB};
inline constexpr Range kMockUart{.base = 0x4000'0000, .size_bytes = 4_KiB};  // of the test bench
inline constexpr Address kL2Base = 0x1c00'0000;

}  // namespace flexv::platform::memory_map
