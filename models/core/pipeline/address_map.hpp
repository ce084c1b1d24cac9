// SPDX-License-Identifier: Apache-2.0
// The per-core address decode of the cluster: which of the data ports serves an address
// (docs/spec/cluster.md 2.2). Plain C++.
#pragma once

#include "base/bus_errors.hpp"
#include "base/units.hpp"

namespace flexv::core {

enum class DataPath : u8 { tcdm, test_and_set, event_unit, dma, direct, undecoded, peripheral };

struct AddressMap {
    Address cluster_base = 0x1000'0000;
    /// Of the cluster, also of its alias at address 0. None: all goes to the peripheral port, as
    /// for the fabric controller.
    Address cluster_bytes = 0x0040'0000;
    Address direct_base = 0;  ///< window of a device wired straight to the core, as test benches do
    Address direct_bytes = 0;  ///< 0: there is none

    [[nodiscard]] constexpr DataPath path(Address address) const {
        Address offset = address - cluster_base;
        if (offset >= cluster_bytes)
            offset = address;  // own-cluster alias
        if (offset >= cluster_bytes)
            return address - direct_base < direct_bytes ? DataPath::direct : DataPath::peripheral;
        switch (offset >> 20) {
            case 0:
                return DataPath::tcdm;
            case 1:
                return DataPath::test_and_set;
            case 2:
                return (offset & 0x4000) != 0 ? demux_slot(offset) : DataPath::peripheral;
            default:
                return DataPath::peripheral;
        }
    }

    /// Of the error slave that answers at `address`, whole.
    [[nodiscard]] constexpr u32 error_word(Address address) const {
        const bool is_in_cluster = address - cluster_base < cluster_bytes;
        return is_in_cluster || address < cluster_bytes ? kClusterErrorWord : kSocErrorWord;
    }

private:
    static constexpr DataPath demux_slot(Address offset) {
        switch (offset >> 10 & 0xf) {
            case 0:
                return DataPath::event_unit;
            case 1:
                return DataPath::dma;
            default:
                return DataPath::undecoded;
        }
    }
};

}  // namespace flexv::core
