// SPDX-License-Identifier: Apache-2.0
#include "cluster_bus/route.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <utility>

namespace flexv::cluster_bus {

std::string Route::text(u64 base) const {
    const std::string size = size_bytes % 1024 == 0 ? fmt::format("{} KiB", size_bytes / 1024)
                                                    : fmt::format("{} bytes", size_bytes);
    return fmt::format("{} 0x{:08x}..0x{:08x} ({})", name, base + start, base + last(), size);
}

void RouteTable::add(const std::string& bus, Route route) {
    if (route.size_bytes == 0 || route.last() < route.start)
        throw UserError(
            "{}: range of {} at 0x{:08x}: size 0x{:x} must be 1 or more and end below 2^64", bus,
            route.name, route.start, route.size_bytes);
    const auto above = std::ranges::lower_bound(routes_, route.start, {}, &Route::last);
    if (above != routes_.end() && above->start <= route.last())
        throw UserError("{}: {} overlaps {}: ranges must be disjoint", bus, route.text(),
                        above->text());
    routes_.insert(above, std::move(route));
}

const Route* RouteTable::next(u64 address) const {
    const auto route = std::ranges::lower_bound(routes_, address, {}, &Route::last);
    return route == routes_.end() ? nullptr : &*route;
}

const Route* RouteTable::find(u64 address, u64 length) const {
    const Route* const route = next(address);
    if (route == nullptr || !route->holds(address))
        return nullptr;
    const u64 room = route->last() - address;
    return length == 0 || length - 1 <= room ? route : nullptr;
}

std::string RouteTable::nearest(u64 address, u64 base) const {
    const Route* const above = next(address);
    const std::size_t index =
        above == nullptr ? routes_.size() : std::size_t(above - routes_.data());
    std::string text = index > 0 ? routes_[index - 1].text(base) : "";
    if (above != nullptr)
        text += (text.empty() ? "" : ", ") + above->text(base);
    return text.empty() ? "nothing is mapped" : text;
}

}  // namespace flexv::cluster_bus
