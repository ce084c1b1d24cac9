// SPDX-License-Identifier: Apache-2.0
// Which target serves which addresses. Plain logic of the bus, without sockets.
#pragma once

#include "base/units.hpp"

#include <string>
#include <vector>

namespace flexv::cluster_bus {

/// What a target sees: the bus's own addresses or offsets from the start of its range.
enum class Addressing { absolute, relative };

struct Route {
    std::string name;  ///< as messages call the target
    u64 start = 0;
    u64 size_bytes = 0;
    Addressing addressing = Addressing::absolute;
    unsigned target = 0;  ///< index that the bus gave it

    [[nodiscard]] u64 last() const { return start + size_bytes - 1; }
    [[nodiscard]] bool holds(u64 address) const { return address - start < size_bytes; }
    /// Address at the target of an address on the bus, modulo 2^64, and back.
    [[nodiscard]] u64 to_target(u64 address) const { return address - origin(); }
    [[nodiscard]] u64 to_bus(u64 address) const { return address + origin(); }
    /// `name 0x1c000000..0x1c18ffff (1600 KiB)`, where the bus itself lies at `base`
    [[nodiscard]] std::string text(u64 base = 0) const;

private:
    [[nodiscard]] u64 origin() const { return addressing == Addressing::relative ? start : 0; }
};

/// Disjoint address ranges in ascending order.
class RouteTable {
public:
    /// Throws UserError when the range is empty or overlaps another one; `bus` is named in the
    /// message.
    void add(const std::string& bus, Route route);

    /// The range that holds all of address..address + length - 1, null when there is none.
    [[nodiscard]] const Route* find(u64 address, u64 length) const;
    /// First range that ends at or after `address`, null when there is none.
    [[nodiscard]] const Route* next(u64 address) const;
    /// The ranges below and above an address that nothing serves.
    [[nodiscard]] std::string nearest(u64 address, u64 base = 0) const;
    [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

private:
    std::vector<Route> routes_;
};

}  // namespace flexv::cluster_bus
