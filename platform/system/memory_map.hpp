// SPDX-License-Identifier: Apache-2.0
// Where everything lies in the 32-bit address space, for all who wire or load. Source:
// docs/spec/cluster.md section 2.
#pragma once

#include "base/units.hpp"

#include <optional>

namespace flexv::platform::memory_map {

struct Range {
    Address base = 0;
    u64 size_bytes = 0;
};

inline constexpr Range kCluster{.base = 0x1000'0000, .size_bytes = 4_MiB};
/// Window of cluster `number`; the core-side view of the own one is repeated at the alias.
constexpr Range cluster_window(unsigned number) {
    return {.base = kCluster.base + number * Address(kCluster.size_bytes),
            .size_bytes = kCluster.size_bytes};
}
/// In whose window `address` lies; nullopt for that of no possible cluster.
constexpr std::optional<unsigned> cluster_at(Address address) {
    constexpr unsigned kMostClusters = 4;
    const unsigned number = (address - kCluster.base) / Address(kCluster.size_bytes);
    return number < kMostClusters ? std::optional(number) : std::nullopt;
}
/// The same place in the window of the first cluster.
constexpr Address in_first_cluster(Address address) {
    return kCluster.base + (address - kCluster.base) % Address(kCluster.size_bytes);
}
inline constexpr Range kClusterAlias{.base = 0, .size_bytes = 4_MiB};
inline constexpr Address kTestAndSetOffset = 0x0010'0000;  // from the cluster's base
inline constexpr Address kPeripheralOffset = 0x0020'0000;  // from the cluster's base
inline constexpr Address kPeripheralSlotBytes = 0x400;

/// `count` slots of the first cluster from `first` on. The ports that are private to each core lie
/// in slots 16 and 17.
constexpr Range slots(unsigned first, unsigned count) {
    return {.base = kCluster.base + kPeripheralOffset + first * kPeripheralSlotBytes,
            .size_bytes = count * kPeripheralSlotBytes};
}
constexpr unsigned slot_of(Address address) {
    return (address - kCluster.base - kPeripheralOffset) / kPeripheralSlotBytes;
}

// Peripherals of the SoC, docs/spec/cluster.md 2.7.
inline constexpr Range kFllSoc{.base = 0x1a10'0000, .size_bytes = 16};
inline constexpr Range kFllPeripherals{.base = 0x1a10'0010, .size_bytes = 16};
inline constexpr Range kFllCluster{.base = 0x1a10'0020, .size_bytes = 16};
inline constexpr Range kGpio{.base = 0x1a10'1000, .size_bytes = 4_KiB};
inline constexpr Range kUdmaControl{.base = 0x1a10'2000, .size_bytes = 0x80};
inline constexpr Range kUart{.base = 0x1a10'2080, .size_bytes = 0x80};
inline constexpr Range kUdmaRest{.base = 0x1a10'2100, .size_bytes = 0x1f00};
inline constexpr Range kSocControl{.base = 0x1a10'4000, .size_bytes = 4_KiB};
inline constexpr Range kAdvancedTimer{.base = 0x1a10'5000, .size_bytes = 4_KiB};
inline constexpr Range kSocEvents{.base = 0x1a10'6000, .size_bytes = 4_KiB};
inline constexpr Range kPowerManagement{.base = 0x1a10'7000, .size_bytes = 4_KiB};
inline constexpr Range kRealTimeClock{.base = 0x1a10'8000, .size_bytes = 2_KiB};
inline constexpr Range kFabricIcache{.base = 0x1a10'8800, .size_bytes = 2_KiB};
inline constexpr Range kInterruptController{.base = 0x1a10'9800, .size_bytes = 2_KiB};
inline constexpr Range kFabricTimer{.base = 0x1a10'b000, .size_bytes = 1_KiB};
inline constexpr Range kFabricAccelerator{.base = 0x1a10'c000, .size_bytes = 4_KiB};
inline constexpr Range kDebugUnit{.base = 0x1a11'0000, .size_bytes = 64_KiB};
inline constexpr Range kStdout{.base = 0x1a10'f000, .size_bytes = 4_KiB};
inline constexpr Range kMockUart{.base = 0x4000'0000, .size_bytes = 4_KiB};  // of the test bench
inline constexpr Address kL2Base = 0x1c00'0000;

}  // namespace flexv::platform::memory_map
